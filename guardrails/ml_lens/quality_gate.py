"""DQ1: a state machine that makes data says that they are ready only after they were looked at."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from guardrails.intrinsics import items, leaves, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.machines import MACHINE, PROCESSORS, State, definition
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

Scope = Mapping[str, Any]
JOB = re.compile(r"states:::(glue|aws-sdk:glue):startJobRun\b")
RESULT = re.compile(r"states:::aws-sdk:glue:(batchGet|get)DataQualityResult$")
EVENT = re.compile(r"states:::(events|aws-sdk:eventbridge):putEvents\b")
# What the type of an event says that tells others to go on.
READY = re.compile(r"ready|available|published|complete|succeeded|done", re.IGNORECASE)


def check(_template: Template, machine: Resource) -> Iterator[Finding]:
    """Yield each event that is put after a job of Glue, with no look at the data in between.

    A look is a Choice that depends on results of data quality, and that can go where the event is
    not put. It counts until the next job.
    """
    for name in _Machine(definition(machine)).told:
        where = f"Properties.DefinitionString.States.{name}"
        yield Finding(machine.logical_id, where, "it is put whatever the data are like")


@dataclass
class _Machine:
    """A machine, branch or map, walked with what is known of the data: were they looked at."""

    scope: Scope
    changed: bool = False  # by a job, and not looked at since
    told: dict[str, None] = field(default_factory=dict)  # events put while they were
    ends_changed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._states: Mapping[str, Any] = self.scope["States"]
        self._gates = set(_gates(self.scope))
        seen: set[tuple[str, bool]] = set()
        waiting = [(str(self.scope["StartAt"]), self.changed)]
        while waiting:
            name, changed = waiting.pop()
            if (name, changed) in seen or name not in self._states:
                continue
            seen.add((name, changed))
            body = self._states[name]
            after = self._visit(name, body, changed=changed)
            following = _following(body)
            if not following and body.get("Type") != "Fail":
                self.ends_changed |= after
            waiting += [(each, after) for each in following]

    def _visit(self, name: str, body: Mapping[str, Any], *, changed: bool) -> bool:
        if name in self._gates:
            return False
        inner = [*body.get("Branches", ()), *(body[k] for k in PROCESSORS if k in body)]
        if inner:
            walked = [_Machine(each, changed, self.told) for each in inner]
            # All of them run: the data end as unseen as any of them leaves them.
            return any(each.ends_changed for each in walked)
        called = _calls(name, body)
        if changed and EVENT.match(called) and _says_ready(body):
            self.told[name] = None
        return changed or bool(JOB.match(called))


def _gates(scope: Scope) -> Iterator[str]:
    """Name the choices that results of data quality decide, and that keep an event from some."""
    states: Mapping[str, Any] = scope["States"]
    read = {n: body for n, body in states.items() if RESULT.match(_calls(n, body))}
    known = {variable for body in read.values() for variable in body.get("Assign", {})}
    after = {body.get("Next") for body in read.values()}
    events = [n for n, b in states.items() if EVENT.match(_calls(n, b)) and _says_ready(b)]
    for name, body in states.items():
        if body.get("Type") != "Choice":
            continue
        said = [str(value) for _, value in leaves(body.get("Choices", []))]
        by_variable = any(re.search(rf"\${v}\b", each) for v in known for each in said)
        by_input = name in after and any(re.search(r"\$states\.input|^\$\.", e) for e in said)
        if (by_variable or by_input) and any(
            _is_kept_from(states, each, events) for each in _following(body)
        ):
            yield name


def _is_kept_from(states: Mapping[str, Any], start: str, events: list[str]) -> bool:
    """Tell whether no event is put from there on; without events, whether it only fails."""
    reached, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in reached and name in states:
            reached.add(name)
            waiting += _following(states[name])
    if events:
        return not reached & set(events)
    ends = [states[name] for name in reached if not _following(states[name])]
    return bool(ends) and all(body.get("Type") == "Fail" for body in ends)


def _following(body: Mapping[str, Any]) -> list[str]:
    """List where a state may go."""
    rules = [*body.get("Choices", ()), *body.get("Catch", ())]
    found = [body.get("Next"), body.get("Default"), *(rule.get("Next") for rule in rules)]
    return [str(name) for name in found if name]


def _calls(name: str, body: Mapping[str, Any]) -> str:
    if body.get("Type") != "Task":
        return ""
    return State(name, body, {}, caught=False).calls


def _says_ready(body: Mapping[str, Any]) -> bool:
    """Tell whether an event tells others to go on; one that the input chooses may."""
    given = body.get("Arguments", body.get("Parameters", {}))
    entries = given.get("Entries") if isinstance(given, Mapping) else None
    if not isinstance(entries, list):
        return True
    types = [text(each.get("DetailType", "")) for each in entries if isinstance(each, Mapping)]
    return len(types) < len(items(entries)) or any(
        not kind or kind.startswith(("{%", "$")) or READY.search(kind) for kind in types
    )


def _called(action: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:states:::{action}"}


def _example(*, checked: bool) -> dict[str, Any]:
    """Make a machine that makes features and tells of them."""
    entries = [{"DetailType": "Features Ready", "Source": "lake", "Detail": "{}"}]
    build = {"Type": "Task", "Resource": _called("glue:startJobRun.sync"), "Next": "Read"}
    read = {
        "Type": "Task",
        "Resource": _called("aws-sdk:glue:getDataQualityResult"),
        "Assign": {"score": "{% $states.result.Score %}"},
        "Next": "IsGood",
    }
    is_good = {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $score = 1 %}", "Next": "Tell"}],
        "Default": "Refuse",
    }
    tell = {
        "Type": "Task",
        "Resource": _called("events:putEvents"),
        "Arguments": {"Entries": entries},
        "End": True,
    }
    states = {"Build": build, "Read": read, "IsGood": is_good, "Tell": tell}
    states["Refuse"] = {"Type": "Fail"}
    if not checked:
        states = {"Build": {**build, "Next": "Tell"}, "Tell": tell}
    return one(MACHINE, Definition={"StartAt": "Build", "States": states})


RULE = Rule(
    id="MlLens-DQ1",
    practice="MLOPS03-BP01",
    message="data that a job of Glue made must be held to data quality rules before others are told"
    " that they are ready",
    fix="evaluate a ruleset behind the job, read its result (glue:getDataQualityResult), and let a"
    " Choice that depends on it lead to the event, or away from it",
    check=per_resource((MACHINE,), check),
    types=(MACHINE,),
    compliant=_example(checked=True),
    violating=_example(checked=False),
)
