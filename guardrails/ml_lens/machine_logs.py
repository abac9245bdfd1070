"""LOG2: a state machine logs and traces all that it does, and nothing of what it handles."""

from collections.abc import Iterator
from typing import Any

from guardrails.intrinsics import items, plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.patterns import arn_parts, is_exact
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template


def check(template: Template) -> Iterator[Finding]:
    """Yield each machine that logs less than all, logs data, or sends no traces."""
    for machine in template.of_type("AWS::StepFunctions::StateMachine"):
        level = machine.at("LoggingConfiguration", "Level")
        where = "Properties.LoggingConfiguration"
        if level != "ALL" or not machine.at("LoggingConfiguration", "Destinations"):
            yield Finding(machine.logical_id, where, f"Level is {level or 'not set'}, not ALL")
        for place in items(machine.at("LoggingConfiguration", "Destinations")):
            group = plain(plain(place).get("CloudWatchLogsLogGroup") or {}).get("LogGroupArn")
            if not group or not _is_group(group):
                yield Finding(machine.logical_id, where, "a destination names no log group")
        if machine.at("LoggingConfiguration", "IncludeExecutionData") is True:
            yield Finding(machine.logical_id, where, "the logs hold what executions handle")
        if machine.at("TracingConfiguration", "Enabled") is not True:
            where = "Properties.TracingConfiguration"
            yield Finding(machine.logical_id, where, "no traces are sent")


def _is_group(value: Any) -> bool:
    spelled = text(value).removesuffix(":*")
    return is_exact(spelled) and (spelled.startswith("<") or len(arn_parts(spelled)) == 6)


RULE = Rule(
    id="MlLens-LOG2",
    practice="MLOPS06-BP02",
    message="a state machine must log at level ALL without execution data, and be traced",
    fix="set level ALL, include_execution_data=False and tracing_configuration.enabled=True",
    check=check,
    types=("AWS::StepFunctions::StateMachine",),
    compliant=one(
        "AWS::StepFunctions::StateMachine",
        LoggingConfiguration={
            "Level": "ALL",
            "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Ref": "Logs"}}}],
        },
        TracingConfiguration={"Enabled": True},
    ),
    violating=one("AWS::StepFunctions::StateMachine"),
)
