"""ACC5."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.managed_policies import NARROW, RULE


def of_aws(name):
    return {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/" + name}


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
@pytest.mark.parametrize(
    "policy",
    [
        *map(of_aws, ("AdministratorAccess", "PowerUserAccess", "AmazonS3FullAccess")),
        *map(of_aws, ("AmazonSageMakerFullAccess", "job-function/DataScientist")),
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/elsewhere"},
        {"Fn::ImportValue": "policy"},
        {"Ref": "Key"},
    ],
)
def test_a_policy_that_others_write_is_found(found_in, kind, policy):
    assert len(found_in(RULE, one(f"AWS::IAM::{kind}", ManagedPolicyArns=[policy]))) == 1


@pytest.mark.parametrize("name", sorted(NARROW))
def test_a_narrow_one_passes(found_in, name):
    assert found_in(RULE, one("AWS::IAM::Role", ManagedPolicyArns=[of_aws(name)])) == []
