"""REL4: every state of a machine can be reached, and leads to a state that there is."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.machines import MACHINE, definition, states
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

ENDS = ("Succeed", "Fail")
TYPES = ("Task", "Pass", "Choice", "Wait", "Parallel", "Map", *ENDS)


def check(_template: Template, machine: Resource) -> Iterator[Finding]:
    """Yield each target that is missing, each state that nothing leads to, and open ends."""
    scopes = {id(state.scope): state.scope for state in states(definition(machine))}
    for scope in scopes.values():
        named = {str(scope.get("StartAt"))}
        for name, body in scope["States"].items():
            for problem in _shape(body):
                yield _finding(machine, name, problem)
            targets = list(_targets(body))
            named.update(target for target in targets if target != name)
            for target in targets:
                if target not in scope["States"]:
                    yield _finding(machine, name, f"leads to {target!r}, which is no state here")
        if text(scope.get("StartAt") or "") not in scope["States"]:
            yield _finding(machine, "", f"StartAt is {scope.get('StartAt')!r}, which is no state")
        for name in sorted(set(scope["States"]) - named):
            yield _finding(machine, name, "is never reached")


def _shape(body: Mapping[str, Any]) -> Iterator[str]:
    kind = body.get("Type")
    if kind not in TYPES:
        yield f"has the type {kind!r}; allowed: {', '.join(TYPES)}"
    elif kind == "Choice":
        if not body.get("Choices"):
            yield "has no Choices"
    elif kind not in ENDS and bool(body.get("Next")) == bool(body.get("End")):
        yield "needs one of Next and End"
    for name in ("Catch", "Retry"):
        rules = body.get(name, [])
        for index, rule in enumerate(rules):
            if "States.ALL" in rule.get("ErrorEquals", ()) and index < len(rules) - 1:
                yield f"has a {name} for States.ALL that is not its last"


def _targets(body: Mapping[str, Any]) -> Iterator[str]:
    for part in (body, *body.get("Choices", ()), *body.get("Catch", ())):
        yield from (str(part[name]) for name in ("Next", "Default") if name in part)


def _finding(machine: Resource, name: str, problem: str) -> Finding:
    return Finding(machine.logical_id, f"Properties.DefinitionString.States.{name}", problem)


RULE = Rule(
    id="MlLens-REL4",
    practice="MLREL02-BP02",
    message="a state machine must be whole",
    fix="name a state of the same machine, branch or map, or end there",
    check=per_resource((MACHINE,), check),
    types=(MACHINE,),
    compliant=one(
        MACHINE, DefinitionString=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    ),
    violating=one(
        MACHINE,
        DefinitionString=json.dumps(
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
        ),
    ),
)
