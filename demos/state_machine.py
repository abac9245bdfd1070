"""A state machine as a graph, and on it what an execution did."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demos.executions import Run, Step, Visit
from demos.report.graph import Box, Graph, Look, Part
from demos.report.graph import Way as Line
from sandbox.host.client import Sandbox

ANY_ERROR = ("States.ALL", "States.TaskFailed")
PLACE = re.compile(r"\\\$\\\{\w+\\\}")
TIMES = "\u00d7"
HASH = re.compile("[0-9A-F]{8}$")  # the end of a logical id, by which the CDK makes it unique


@dataclass(frozen=True, slots=True)
class Way:
    """A way from one state to another; ``caught`` names the errors that take it."""

    start: str
    end: str
    caught: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state: its type, what it asks of AWS, the machines inside it."""

    name: str
    type: str
    asks: str
    inside: tuple["Machine", ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """States, the ways between them, and those that only a failure of any state leads to."""

    start: str
    states: Mapping[str, State]
    ways: tuple[Way, ...]
    after_failure: tuple[str, ...]

    def all(self) -> Iterator["Machine"]:
        """Give this machine and every one inside it."""
        yield self
        for state in self.states.values():
            for inner in state.inside:
                yield from inner.all()

    def names(self) -> set[str]:
        """Name every state, those inside others included."""
        return {name for machine in self.all() for name in machine.states}


def read(definition: Mapping[str, Any]) -> Machine:
    """Read a machine, or a branch, or an item processor: all have the same form."""
    states = {name: _state(name, given) for name, given in definition["States"].items()}
    ways, catchers = [], []
    for name, given in definition["States"].items():
        ways += [Way(name, end) for end in dict.fromkeys(_followers(given))]
        for catch in given.get("Catch", ()):
            errors = catch["ErrorEquals"]
            if set(errors) & set(ANY_ERROR):
                catchers.append(catch["Next"])
            else:
                ways.append(Way(name, catch["Next"], ", ".join(_short(e) for e in errors)))
    failure: dict[str, None] = {}
    for catcher in dict.fromkeys(catchers):
        after = _reach(catcher, ways)
        if not any(_ends_well(definition["States"][name]) for name in after):
            failure |= dict.fromkeys(sorted(after, key=list(states).index))
    for name in failure:
        for catch in definition["States"][name].get("Catch", ()):
            if Way(name, catch["Next"]) not in ways and catch["Next"] in failure:
                ways.append(Way(name, catch["Next"], ", ".join(map(_short, catch["ErrorEquals"]))))
    return Machine(definition["StartAt"], states, tuple(ways), tuple(failure))


def taken(machine: Machine, trails: Iterable[Sequence[Step]]) -> set[tuple[str, str]]:
    """Find the ways that were gone: from a state that is left to the next one that follows it.

    Branches that run at once stand mixed in a history, hence the next that can follow.
    """
    follow: dict[str, set[str]] = {}
    for one in machine.all():
        for way in one.ways:
            follow.setdefault(way.start, set()).add(way.end)
    gone: set[tuple[str, str]] = set()
    for trail in trails:
        for n, step in enumerate(trail):
            if not step.entered:
                ends = follow.get(step.state, set())
                after = (s.state for s in trail[n + 1 :] if s.entered and s.state in ends)
                gone |= {(step.state, end) for end in [next(after, None)] if end}
    return gone


def _state(name: str, given: Mapping[str, Any]) -> State:
    processor = given.get("ItemProcessor") or given.get("Iterator")
    inside = [*given.get("Branches", ()), *([processor] if processor else ())]
    return State(name, given["Type"], _asks(given), tuple(map(read, inside)))


def _asks(given: Mapping[str, Any]) -> str:
    kind: str = given["Type"]
    processor = given.get("ItemProcessor") or given.get("Iterator") or {}
    if kind == "Map":
        mode = processor.get("ProcessorConfig", {}).get("Mode", "INLINE")
        return "Distributed Map" if mode == "DISTRIBUTED" else "Map"
    if kind != "Task":
        return kind
    resource = str(given.get("Resource", "")).rpartition(":::")[2] or str(given.get("Resource"))
    if ":function:" in resource:
        return "Lambda"
    words = resource.removeprefix("aws-sdk:").removesuffix(".waitForTaskToken").split(":")
    waits = ", call back" if resource.endswith(".waitForTaskToken") else ""
    return ("Lambda" if words[0] == "lambda" else ":".join(words)) + waits


def _followers(given: Mapping[str, Any]) -> list[str]:
    choices = [choice["Next"] for choice in given.get("Choices", ())]
    return [end for end in (*choices, given.get("Default"), given.get("Next")) if end]


def _reach(start: str, ways: list[Way]) -> set[str]:
    found, new = {start}, [start]
    while new:
        here = new.pop()
        ends = {way.end for way in ways if way.start == here} - found
        found |= ends
        new += ends
    return found


def _ends_well(given: Mapping[str, Any]) -> bool:
    return given["Type"] == "Succeed" or bool(given.get("End"))


def _short(error: str) -> str:
    return error.rpartition(".")[2]


def graph(machine: Machine, run: Run, *, title: str, name: str) -> Graph:
    """Show on the whole machine what one execution did."""
    return Graph(name, title, _part(machine, run.states, taken(machine, run.trails)))


def picture(machine: Machine, *, title: str, name: str) -> Graph:
    """Show the whole machine, and no execution."""
    return Graph(name, title, _plain(machine))


def _plain(machine: Machine) -> Part:
    ordered = sorted(machine.states, key=lambda name: name != machine.start)
    boxes = {name: _plain_box(machine.states[name]) for name in ordered}
    ways = [Line(way.start, way.end, gone=False, caught=way.caught) for way in machine.ways]
    return Part(boxes, ways, machine.after_failure)


def _plain_box(state: State) -> Box:
    inside = tuple(map(_plain, state.inside))
    return Box(state.name, state.asks, "", f"{state.name} ({state.asks})", "done", inside)


def _part(machine: Machine, visits: Mapping[str, Visit], gone: set[tuple[str, str]]) -> Part:
    ordered = sorted(machine.states, key=lambda name: name != machine.start)
    boxes = {name: _box(machine.states[name], visits, gone) for name in ordered}
    ways = [Line(w.start, w.end, (w.start, w.end) in gone, w.caught) for w in machine.ways]
    return Part(boxes, ways, machine.after_failure)


def _box(state: State, visits: Mapping[str, Visit], gone: set[tuple[str, str]]) -> Box:
    visit = visits.get(state.name)
    inside = tuple(_part(machine, visits, gone) for machine in state.inside)
    if not visit:
        said = f"{state.name} ({state.asks}): not visited"
        return Box(state.name, state.asks, "", said, "undone", inside)
    time = seconds(visit.seconds)
    often = "once" if visit.times == 1 else f"{visit.times} times"
    how = ", failed" if visit.failed else ""
    said = f"{state.name} ({state.asks}): {often}, {time} in all{how}"
    shown = f"{TIMES}{visit.times} {time}" if visit.times > 1 else time
    look: Look = "failed" if visit.failed else "done"
    return Box(state.name, state.asks, shown, said, look, inside)


def seconds(value: float) -> str:
    """Write a time as short as it can be read."""
    return f"{1000 * value:.0f} ms" if value < 0.9995 else f"{value:.1f} s"


def definition(sandbox: Sandbox, arn: str) -> str:
    """Read the definition of a machine that is deployed."""
    states = sandbox.client("stepfunctions")
    text: str = states.describe_state_machine(stateMachineArn=arn)["definition"]
    return text


def template(sandbox: Sandbox, name: str) -> dict[str, Any]:
    """Read the template that CloudFormation was given."""
    body = sandbox.client("cloudformation").get_template(StackName=name)["TemplateBody"]
    read: dict[str, Any] = json.loads(body) if isinstance(body, str) else dict(body)
    return read


def definition_in(template: Mapping[str, Any], construct: str) -> dict[str, Any]:
    """Read the definition of the machine that a template has under a construct's path."""
    (text,) = (
        resource["Properties"]["DefinitionString"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
        and HASH.sub("", name) == construct
    )
    read: dict[str, Any] = json.loads(text)
    return read


def is_synthesized(running: str, template: Mapping[str, Any]) -> bool:
    """Tell whether a template defines this very machine, but for the names that it leaves open."""
    machines = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    )
    return any(_fits(running, machine.get("DefinitionString")) for machine in machines)


def _fits(running: str, written: Any) -> bool:
    if not isinstance(written, str):
        return False
    pattern = PLACE.sub('[^"]*?', re.escape(written))
    return re.fullmatch(pattern, running) is not None
