"""ACC8."""

import pytest

from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.granting_actions import HARMLESS, RULE


@pytest.mark.parametrize(
    "action",
    [
        *("iam:PutRolePolicy", "iam:attachrolepolicy", "iam:CreatePolicyVersion"),
        *("iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "lambda:AddPermission"),
        *("s3:PutBucketPolicy", "kms:PutKeyPolicy", "lambda:UpdateFunctionCode"),
    ],
)
def test_what_grants_rights_is_found(found_in, action):
    assert len(found_in(RULE, granting(action, "<It.Arn>"))) == 1


@pytest.mark.parametrize("action", ["s3:GetObject", "iam:GetRole", *HARMLESS])
def test_what_grants_none_passes(found_in, action):
    assert found_in(RULE, granting(action, "<It.Arn>")) == []
