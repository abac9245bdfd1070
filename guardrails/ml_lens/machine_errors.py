"""REL3: a task of a state machine tries again what may pass, and never waits or fails unnoticed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import UnresolvableError, text
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template

PROCESSORS = ("ItemProcessor", "Iterator")


def check(template: Template) -> Iterator[Finding]:
    """Yield each task without a retry, and each that neither is caught nor has to end."""
    for machine in template.of_type("AWS::StepFunctions::StateMachine"):
        definition = machine.at("Definition")
        if definition is None:
            definition = _parsed(text(machine.at("DefinitionString")))
        for name, problem in _problems(definition, is_caught=False):
            where = f"Properties.DefinitionString.States.{name}"
            yield Finding(machine.logical_id, where, problem)


def _parsed(spelled: str) -> Any:
    try:
        return json.loads(spelled)
    except ValueError:
        raise UnresolvableError("a DefinitionString is not JSON that stands in it") from None


def _problems(body: Mapping[str, Any], *, is_caught: bool) -> Iterator[tuple[str, str]]:
    """Look at the states of a machine, a branch or a map, and at those inside of them."""
    for name, state in body["States"].items():
        caught = is_caught or bool(state.get("Catch"))
        if state["Type"] == "Task":
            if not any(retrier.get("MaxAttempts", 3) for retrier in state.get("Retry", ())):
                yield name, "has no Retry"
            if not caught and not {"TimeoutSeconds", "TimeoutSecondsPath"} & set(state):
                yield name, "has neither a Catch, nor one around it, nor TimeoutSeconds"
        inside = [*state.get("Branches", ()), *(state[k] for k in PROCESSORS if k in state)]
        for part in inside:
            yield from _problems(part, is_caught=caught)


RULE = Rule(
    id="MlLens-REL3",
    practice="MLREL02-BP02",
    message="a task must retry what may pass, and be caught or end in time",
    fix="give the task a Retry with a bounded MaxAttempts, and a Catch or TimeoutSeconds",
    check=check,
)
