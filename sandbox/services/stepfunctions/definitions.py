"""What is wrong with a definition, said when the machine is made and in AWS's words."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners, responses
from sandbox.services.stepfunctions import expressions, grammar
from sandbox.services.stepfunctions.findings import INVALID, Problem
from sandbox.services.stepfunctions.upstream import stepfunctions

_TYPE = "AWS::StepFunctions::StateMachine"
_TARGET = "MISSING_TRANSITION_TARGET"
_JSONATA = "INVALID_JSONATA_EXPRESSION"
Reply = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Judge definitions that come by API and by template."""
    because = "a definition that AWS would not take is refused when it comes, in AWS's words"
    patching.wrap(stepfunctions, "_create_state_machine", _judged, because=because)
    patching.wrap(stepfunctions, "_update_state_machine", _judged, because=because)
    patching.replace(
        stepfunctions, "_validate_state_machine_definition", _validate, because=because
    )
    patching.replace(
        stepfunctions, "_validate_definition_jsonata", _judged_already, because=because
    )
    for verb, properties_at in (("create", 1), ("update", 2)):
        patching.wrap_item(
            provisioners,
            "_RESOURCE_HANDLERS",
            (_TYPE, verb),
            _judged_template(properties_at),
            because=because,
        )


def refusal(definition: Any, kind: str) -> str | None:
    """Say why AWS would not take a definition for a machine of this type."""
    found = problems(definition, kind)
    if not found:
        return None
    said = ", ".join(f"{p.code}: {p.message} at {p.where}" for p in found)
    return f"Invalid State Machine Definition: '{said}'"


def problems(definition: Any, kind: str) -> list[Problem]:
    """List what is wrong with a definition."""
    try:
        machine = json.loads(definition)
    except (ValueError, TypeError) as error:
        return [Problem("INVALID_JSON_DESCRIPTION", str(error), "/")]
    if not isinstance(machine, dict):
        return [Problem("INVALID_JSON_DESCRIPTION", "the definition is not an object", "/")]
    found = list(_of_flow(machine, "", grammar.Machine.of(machine, kind), {}))
    return found + [Problem(_JSONATA, why, where) for why, where in expressions.faults(machine)]


def _of_flow(
    flow: Mapping[str, Any], where: str, machine: grammar.Machine, seen: dict[str, str]
) -> Iterator[Problem]:
    states, start = flow.get("States"), flow.get("StartAt")
    if not isinstance(states, dict) or not states or not isinstance(start, str):
        yield Problem(INVALID, "These fields are required: [StartAt, States]", where or "/")
        return
    followed: dict[str, list[str]] = {}
    if start not in states:
        yield Problem(_TARGET, f"Missing 'StartAt' target: {start}", f"{where}/StartAt")
    for name, state in states.items():
        at = f"{where}/States/{name}"
        if name in seen:
            yield Problem("DUPLICATE_STATE_NAME", f"Duplicate state name: {name}", at)
        seen[name] = at
        if not isinstance(state, dict):
            yield Problem(INVALID, "a state is an object", at)
            continue
        yield from grammar.of_state(name, state, at, machine)
        followed[name] = []
        for target, place in _targets(state):
            followed[name].append(target)
            if target not in states:
                label = place.rpartition("/")[2]
                yield Problem(_TARGET, f"Missing '{label}' target: {target}", f"{at}/{place}")
        for inner, place in _flows(state):
            yield from _of_flow(inner, f"{at}/{place}", machine, seen)
    for name in states.keys() - _reached(start, followed):
        yield Problem(_TARGET, f'State "{name}" is not reachable.', f"{where}/States/{name}")


def _targets(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield state[field], field
    for field in ("Choices", "Catch"):
        rules = state.get(field)
        for number, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
                yield rule["Next"], f"{field}[{number}]/Next"


def _flows(state: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(state.get(field), dict):
            yield state[field], field
    branches = state.get("Branches")
    for number, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, dict):
            yield branch, f"Branches[{number}]"


def _reached(start: str, followed: Mapping[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += followed.get(name, [])
    return reached


def _judged(original: Callable[..., Reply]) -> Callable[..., Reply]:
    def make(data: Mapping[str, Any]) -> Reply:
        if "definition" not in data:
            return original(data)
        stored = stepfunctions._state_machines.get(data.get("stateMachineArn")) or {}
        kind = data.get("type") or stored.get("type") or "STANDARD"
        why = refusal(data["definition"], kind)
        if why is None:
            return original(data)
        reply: Reply = responses.error_response_json("InvalidDefinition", why, 400)
        return reply

    return make


def _judged_already(_definition: Any) -> None:
    return None


def _judged_template(properties_at: int) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def judged(*arguments: Any) -> Any:
            properties = arguments[properties_at]
            kind = properties.get("StateMachineType", "STANDARD")
            if why := refusal(provisioners._sfn_definition(properties), kind):
                raise provisioners._sfn_handler_error(why)
            return original(*arguments)

        return judged

    return make


def _validate(data: Mapping[str, Any]) -> Reply:
    found = problems(data.get("definition"), data.get("type") or "STANDARD")
    diagnostics = [
        {"severity": "ERROR", "code": p.code, "message": p.message, "location": p.where}
        for p in found
    ]
    result = "FAIL" if found else "OK"
    reply: Reply = responses.json_response(
        {"result": result, "diagnostics": diagnostics, "truncated": False}
    )
    return reply
