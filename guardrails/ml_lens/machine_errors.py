"""REL3: a task of a state machine tries again what may pass, and never waits or fails unnoticed."""

import json
from collections.abc import Iterator

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.machines import MACHINE, definition, states
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template


def check(_template: Template, machine: Resource) -> Iterator[Finding]:
    """Yield each task without a retry, and each that neither is caught nor has to end."""
    for state in states(definition(machine)):
        if state.body.get("Type") != "Task":
            continue
        if not any(retrier.get("MaxAttempts", 3) for retrier in state.body.get("Retry", ())):
            yield Finding(machine.logical_id, state.location, "has no Retry")
        ends = {"TimeoutSeconds", "TimeoutSecondsPath"} & set(state.body)
        if not state.caught and not ends:
            problem = "has neither a Catch, nor one around it, nor TimeoutSeconds"
            yield Finding(machine.logical_id, state.location, problem)


_TASK = {"Type": "Task", "Resource": "arn:x:states:::sqs:sendMessage", "End": True}
_RETRIED = {**_TASK, "Retry": [{"ErrorEquals": ["States.ALL"]}], "TimeoutSeconds": 60}
RULE = Rule(
    id="MlLens-REL3",
    practice="MLREL02-BP02",
    message="a task must retry what may pass, and be caught or end in time",
    fix="give the task a Retry with a bounded MaxAttempts, and a Catch or TimeoutSeconds",
    check=per_resource((MACHINE,), check),
    types=(MACHINE,),
    compliant=one(
        MACHINE, DefinitionString=json.dumps({"StartAt": "A", "States": {"A": _RETRIED}})
    ),
    violating=one(MACHINE, DefinitionString=json.dumps({"StartAt": "A", "States": {"A": _TASK}})),
)
