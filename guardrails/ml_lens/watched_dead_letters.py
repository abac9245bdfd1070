"""REL2: somebody is told when a dead-letter queue is not empty."""

from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import is_intrinsic, items, plain, reference
from guardrails.ml_lens.dead_letters import dead_letter_queues
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Resource, Template

METRIC = "ApproximateNumberOfMessagesVisible"


def check(template: Template) -> Iterator[Finding]:
    """Yield each dead-letter queue without an alarm that acts on its visible messages."""
    watched = {
        name
        for alarm in template.of_type("AWS::CloudWatch::Alarm")
        if not alarm.condition
        and items(alarm.at("AlarmActions"))
        and alarm.at("ActionsEnabled") is not False
        for name in _watched(alarm)
    }
    for name in sorted(dead_letter_queues(template) - watched):
        detail = f"no alarm with an action watches its {METRIC}"
        yield Finding(name, "Properties", detail)


def _watched(alarm: Resource) -> Iterator[str | None]:
    stats = [
        plain(query)["MetricStat"]["Metric"]
        for query in items(alarm.at("Metrics"))
        if "MetricStat" in plain(query)
    ]
    for metric in (alarm.properties, *stats):
        if metric.get("MetricName") == METRIC and metric.get("Namespace") == "AWS/SQS":
            yield from (_queue(plain(dimension)) for dimension in items(metric.get("Dimensions")))


def _queue(dimension: Mapping[str, Any]) -> str | None:
    value = dimension.get("Value")
    return (
        reference(value) if dimension.get("Name") == "QueueName" and is_intrinsic(value) else None
    )


_REDRIVEN = one(
    "AWS::SQS::Queue", RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["It", "Arn"]}}
)
RULE = Rule(
    id="MlLens-REL2",
    practice="MLOPS06-BP02",
    message="a dead-letter queue must have an alarm",
    fix="alarm on metric_approximate_number_of_messages_visible() and add an alarm action",
    check=check,
    types=("AWS::SQS::Queue", "AWS::CloudWatch::Alarm"),
    compliant=_REDRIVEN
    | {
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "Namespace": "AWS/SQS",
                "MetricName": METRIC,
                "AlarmActions": ["topic"],
                "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["It", "QueueName"]}}],
            },
        }
    },
    violating=_REDRIVEN,
)
