"""REL6: an alarm tells somebody."""

from collections.abc import Iterator

from guardrails.intrinsics import items, reference, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.patterns import arn_parts, is_exact
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


def check(template: Template, alarm: Resource) -> Iterator[Finding]:
    """Yield alarms that are off, that tell nobody, or that tell what is no target."""
    if alarm.at("ActionsEnabled") is False:
        yield Finding(alarm.logical_id, "Properties.ActionsEnabled", "is false")
    actions = items(alarm.at("AlarmActions"))
    if not actions and not _is_part(template, alarm):
        yield Finding(alarm.logical_id, "Properties.AlarmActions", "is empty")
    for action in actions:
        target = text(action)
        if reference(action) is None and (len(arn_parts(target)) < 6 or not is_exact(target)):
            yield Finding(alarm.logical_id, "Properties.AlarmActions", f"{target} is no target")


def _is_part(template: Template, alarm: Resource) -> bool:
    """Tell whether a composite alarm speaks for it."""
    rules = [whole.at("AlarmRule") for whole in template.of_type("AWS::CloudWatch::CompositeAlarm")]
    return any(f"<{alarm.logical_id}" in text(rule) for rule in rules if rule)


RULE = Rule(
    id="MlLens-REL6",
    practice="MLOPS06-BP02",
    message="an alarm must tell somebody",
    fix="add an alarm action, or make it a part of a composite alarm that has one",
    check=per_resource(ALARMS, check),
    types=ALARMS,
    compliant=one(ALARMS[0], AlarmActions=[{"Ref": "Topic"}]),
    violating=one(ALARMS[0], OKActions=[{"Ref": "Topic"}]),
    beyond=("NIST.800.53.R5-CloudWatchAlarmAction",),
)
