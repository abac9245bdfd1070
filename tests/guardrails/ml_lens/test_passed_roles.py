"""ACC4."""

import pytest

from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.passed_roles import RULE

PATH = "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/"


@pytest.mark.parametrize("action", ["iam:PassRole", "iam:passrole", "iam:Pass*", "sts:AssumeRole"])
@pytest.mark.parametrize(
    "resource",
    ["*", f"{PATH}*", f"{PATH}ml/*", f"{PATH}ml-?", "arn:*:iam::*:role/ml", "<Role.Arn>*"],
)
def test_a_pattern_of_roles_is_found(found_in, action, resource):
    assert len(found_in(RULE, granting(action, resource))) == 1


@pytest.mark.parametrize("resource", ["<Role.Arn>", f"{PATH}ml/training"])
def test_one_role_passes(found_in, resource):
    assert found_in(RULE, granting(["iam:PassRole", "sts:AssumeRole"], resource)) == []


def test_what_hands_over_no_role_is_no_matter_here(found_in):
    assert found_in(RULE, granting("iam:GetRole", f"{PATH}*")) == []
    assert found_in(RULE, granting("iam:PassRole", "*", Effect="Deny")) == []


def test_a_role_that_a_parameter_names_cannot_be_decided(found_in):
    [finding] = found_in(RULE, granting("iam:PassRole", {"Fn::ImportValue": "role"}))
    assert "cannot be decided" in finding.detail
