"""ACC9."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.own_targets import RULE, RULE_TYPE

OURS = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/b"
THEIRS = "arn:${AWS::Partition}:events:${AWS::Region}:${Other}:event-bus/b"


def rule(arn):
    return one(RULE_TYPE, Targets=[{"Id": "a", "Arn": arn}])


@pytest.mark.parametrize("arn", [{"Fn::Sub": OURS}, {"Fn::GetAtt": ["Queue", "Arn"]}])
def test_a_target_of_ours_passes(found_in, arn):
    assert found_in(RULE, rule(arn)) == []


@pytest.mark.parametrize(
    "bad",
    [
        rule({"Fn::Sub": THEIRS}),
        rule({"Fn::ImportValue": "bus"}),
        one("AWS::Scheduler::Schedule", Target={"Arn": {"Fn::Sub": THEIRS}}),
        one("AWS::Logs::SubscriptionFilter", DestinationArn={"Fn::Sub": THEIRS}),
        one("AWS::Pipes::Pipe", Target={"Fn::Sub": THEIRS}),
        one("AWS::SNS::Subscription", Endpoint={"Fn::Sub": THEIRS}),
    ],
)
def test_a_target_of_others_is_found(found_in, bad):
    assert len(found_in(RULE, bad)) == 1
