"""EventBridge's rules: what it would not take is refused, by API and by template."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners, responses
from sandbox.services.events.event_rules import Target, service_of
from sandbox.services.events.upstream import eventbridge

RETRIES = 185  # what EventBridge does where a target does not say
_TARGETS = 5  # per rule
_CARRIED = (
    "Arn", "DeadLetterConfig", "HttpParameters", "Id", "Input", "InputPath", "InputTransformer",
    "RetryPolicy", "RoleArn", "SageMakerPipelineParameters", "SqsParameters",
)  # fmt: skip


def install() -> None:
    """Check rules where they are made."""
    because = "a target that EventBridge would not take is refused, by API and by template"
    patching.wrap(eventbridge, "_put_targets", _put_targets, because=because)
    for verb, properties_at in (("create", 1), ("update", 2)):
        patching.wrap_item(
            provisioners,
            "_RESOURCE_HANDLERS",
            ("AWS::Events::Rule", verb),
            _checked_template(properties_at),
            because=because,
        )


def _put_targets(original: Callable[..., Any]) -> Callable[..., Any]:
    def put(data: dict[str, Any]) -> Any:
        why = next(filter(None, map(target_refusal, data.get("Targets") or ())), None)
        return (
            responses.error_response_json("ValidationException", why, 400)
            if why
            else original(data)
        )

    return put


def _checked_template(properties_at: int) -> patching.Make:
    """Check a template's rule, which the emulator stores as it is."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any) -> Any:
            if why := _rule_refusal(arguments[properties_at]):
                raise ValueError(f"{why} (Service: EventBridge, Status Code: 400)")
            return original(*arguments)

        return checked

    return make


def _rule_refusal(properties: Mapping[str, Any]) -> str | None:
    pattern, schedule = properties.get("EventPattern"), properties.get("ScheduleExpression")
    if not pattern and not schedule:
        return "Parameter(s) EventPattern or ScheduleExpression must be specified."
    text = pattern if isinstance(pattern, str) else json.dumps(pattern or {})
    if pattern and (wrong := eventbridge._event_pattern_error(text)):
        return f"Event pattern is not valid. Reason: {wrong}"
    if schedule and not eventbridge._validate_schedule_expression(schedule):
        return "Parameter ScheduleExpression is not valid."
    targets = properties.get("Targets") or []
    if len(targets) > _TARGETS:
        return f"The rule has {len(targets)} targets; a rule has {_TARGETS} at most."
    lost = sorted({name for target in targets for name in dict(target.items())} - {*_CARRIED})
    if lost:
        return f"the sandbox does not carry {', '.join(lost)} of a rule's target"
    return next(filter(None, map(target_refusal, targets)), None)


def target_refusal(target: Target) -> str | None:
    """Say why EventBridge would not take a target."""
    arn = str(target.get("Arn", ""))
    if (invalid := eventbridge._validate_target_arn({**target})) is not None:
        return str(json.loads(invalid[2]).get("message"))
    if service_of(arn) == "sagemaker" and ":pipeline/" not in arn:
        return f"{arn} is no pipeline, which is all of SageMaker that a rule starts."
    if service_of(arn) in ("sagemaker", "states") and not target.get("RoleArn"):
        return f"RoleArn is required for target {arn}."
    policy = target.get("RetryPolicy") or {}
    for name, low, high in (
        ("MaximumRetryAttempts", 0, RETRIES),
        ("MaximumEventAgeInSeconds", 60, 86400),
    ):
        value = policy.get(name)
        if value is not None and not low <= int(value) <= high:
            return f"RetryPolicy.{name} is {value}, allowed: {low} to {high}."
    dead = (target.get("DeadLetterConfig") or {}).get("Arn")
    if dead and service_of(dead) != "sqs":
        return f"DeadLetterConfig.Arn is {dead}, which is not a queue."
    return None
