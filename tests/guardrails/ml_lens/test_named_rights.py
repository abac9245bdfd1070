"""RES1."""

import pytest

from guardrails.ml_lens.examples import opening, trusting
from guardrails.ml_lens.named_rights import RULE

SERVICE = {"Service": "s3.amazonaws.com"}
ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}


@pytest.mark.parametrize("action", ["*", "sqs:*", "sqs:**", "s*:SendMessage", ["sqs:A", "sqs:?*"]])
@pytest.mark.parametrize("principal", [SERVICE, "*", {"AWS": "arn:x:iam::1:role/a"}])
def test_a_whole_service_for_others_is_found(found_in, action, principal):
    policy = opening("AWS::SQS::QueuePolicy", "PolicyDocument", principal, action)
    assert len(found_in(RULE, policy)) == 1


def test_the_account_itself_may_do_all(found_in):
    assert found_in(RULE, opening("AWS::KMS::Key", "KeyPolicy", ROOT, "kms:*")) == []


def test_a_trust_names_its_action_too(found_in):
    assert len(found_in(RULE, trusting({"Service": "lambda.amazonaws.com"}, "*"))) == 1
    assert found_in(RULE, trusting({"Service": "lambda.amazonaws.com"})) == []


def test_what_is_denied_is_no_right(found_in):
    policy = opening("AWS::SQS::QueuePolicy", "PolicyDocument", "*", "*", Effect="Deny")
    assert found_in(RULE, policy) == []
