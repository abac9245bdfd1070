"""REL2."""

from typing import Any

import pytest

from guardrails.ml_lens.watched_dead_letters import METRIC, RULE

Resource = tuple[str, dict[str, Any]]
DEAD: Resource = ("AWS::SQS::Queue", {})
QUEUE = (
    "AWS::SQS::Queue",
    {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}}},
)
VISIBLE = {
    "Namespace": "AWS/SQS",
    "MetricName": METRIC,
    "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Dead", "QueueName"]}}],
}
TELLS = {"AlarmActions": [{"Ref": "Topic"}]}


@pytest.mark.parametrize(
    "properties",
    [
        {**TELLS, **VISIBLE},
        {**TELLS, "Metrics": [{"Expression": "m"}, {"MetricStat": {"Metric": VISIBLE}}]},
    ],
)
def test_an_alarm_on_visible_messages_passes(found, properties):
    alarm = ("AWS::CloudWatch::Alarm", properties)
    assert found(RULE, Queue=QUEUE, Dead=DEAD, Alarm=alarm) == []


@pytest.mark.parametrize(
    "properties",
    [
        VISIBLE,
        {**TELLS, **VISIBLE, "ActionsEnabled": False},
        {**TELLS, **VISIBLE, "MetricName": "NumberOfMessagesSent"},
        {**TELLS, **VISIBLE, "Dimensions": [{"Name": "QueueName", "Value": {"Ref": "Queue"}}]},
    ],
)
def test_an_alarm_that_would_not_ring_is_found(found, properties):
    alarm = ("AWS::CloudWatch::Alarm", properties)
    assert [f.logical_id for f in found(RULE, Queue=QUEUE, Dead=DEAD, Alarm=alarm)] == ["Dead"]
