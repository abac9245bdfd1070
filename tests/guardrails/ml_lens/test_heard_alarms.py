"""REL6."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.heard_alarms import ALARMS, RULE

TOPIC = {"Ref": "Topic"}


@pytest.mark.parametrize("type_", ALARMS)
@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"AlarmActions": []},
        {"OKActions": [TOPIC]},
        {"AlarmActions": ["*"]},
        {"AlarmActions": [{"Fn::Sub": "arn:${AWS::Partition}:*"}]},
        {"AlarmActions": [{"Fn::ImportValue": "topic"}]},
        {"AlarmActions": [TOPIC], "ActionsEnabled": False},
    ],
)
def test_an_alarm_that_nobody_hears_is_found(found_in, type_, bad):
    assert len(found_in(RULE, one(type_, **bad))) == 1


def test_a_part_of_a_composite_alarm_is_heard(found_in):
    rule = {"Fn::Sub": "ALARM(${Part.Arn})"}
    whole = {"AlarmRule": rule, "AlarmActions": [TOPIC]}
    part = {"Part": {"Type": ALARMS[0], "Properties": {}}}
    assert found_in(RULE, {**one(ALARMS[1], **whole), **part}) == []
