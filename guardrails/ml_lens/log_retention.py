"""LOG1: a function writes to a log group of ours, not to one that Lambda makes without an end."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template


def check(template: Template) -> Iterator[Finding]:
    """Yield each function that does not name a log group of the template."""
    for function in template.of_type("AWS::Lambda::Function"):
        group = template.target(function.at("LoggingConfig", "LogGroup"))
        if group is None or group.type != "AWS::Logs::LogGroup" or not group.protects(function):
            yield Finding(
                function.logical_id,
                "Properties.LoggingConfig.LogGroup",
                "names no log group of this template, so its logs have no end",
            )


RULE = Rule(
    id="MlLens-LOG1",
    practice="MLOPS06-BP02",
    message="a function must log to a log group whose retention is set",
    fix="pass log_group=logs.LogGroup(..., retention=...)",
    check=check,
    types=("AWS::Lambda::Function", "AWS::Logs::LogGroup"),
    compliant=one("AWS::Lambda::Function", LoggingConfig={"LogGroup": {"Ref": "Logs"}})
    | {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}}},
    violating=one("AWS::Lambda::Function"),
)
