"""Executions of a state machine, read from their histories: states, times, what they did."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.host.client import Sandbox

READERS = 8
Event = Mapping[str, Any]
ENDS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")


@dataclass(frozen=True, slots=True)
class Visit:
    """How often a state was entered in one execution, and the seconds spent in it, all added."""

    times: int
    seconds: float
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A state that was entered, or left."""

    state: str
    entered: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One execution, its children of Distributed Maps included, as its histories tell it."""

    name: str
    status: str
    started: datetime
    seconds: float
    states: Mapping[str, Visit]
    trails: tuple[tuple[Step, ...], ...]
    transitions: int
    invocations: int
    children: int
    events: int
    largest_state: int


def runs(sandbox: Sandbox, executions: Mapping[str, str]) -> dict[str, Run]:
    """Read the histories of executions (address by name), with those of their children."""
    states: Any = sandbox.client("stepfunctions")

    def one(item: tuple[str, str]) -> tuple[str, Run]:
        name, arn = item
        status = states.describe_execution(executionArn=arn)["status"]
        children = [_history(states, child) for child in _children(states, arn)]
        return name, run_of(name, status, _history(states, arn), children)

    with ThreadPoolExecutor(READERS) as pool:
        return dict(pool.map(one, executions.items()))


def _history(states: Any, arn: str) -> list[Event]:
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=arn, PaginationConfig={"PageSize": 1000}
    )
    return [event for page in pages for event in page["events"]]


def _children(states: Any, arn: str) -> Iterator[str]:
    for page in states.get_paginator("list_map_runs").paginate(executionArn=arn):
        for run in page["mapRuns"]:
            children = states.get_paginator("list_executions").paginate(mapRunArn=run["mapRunArn"])
            for found in children:
                yield from (child["executionArn"] for child in found["executions"])


def run_of(
    name: str, status: str, events: Sequence[Event], children: Sequence[Sequence[Event]] = ()
) -> Run:
    """Put an execution and its children together; their states share no name."""
    histories = [events, *children]
    times = [moment(event) for event in events]
    return Run(
        name=name,
        status=status,
        started=min(times),
        seconds=(max(times) - min(times)).total_seconds(),
        states=visits(histories),
        trails=tuple(map(trail, histories)),
        transitions=sum(map(transitions, histories)),
        invocations=sum(invokes(event) for history in histories for event in history),
        children=len(children),
        events=max(map(len, histories)),
        largest_state=max((size(event) for history in histories for event in history), default=0),
    )


def visits(histories: Sequence[Sequence[Event]]) -> dict[str, Visit]:
    """Add up the visits of each state.

    The sum over a state's exits less the sum over its entries is the time in it, whichever exit
    belongs to which entry. A state that was never left ended with its execution.
    """
    times: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    failed: set[str] = set()
    for events in histories:
        inside: Counter[str] = Counter()
        for event in events:
            if name := entered(event):
                times[name] += 1
                inside[name] += 1
                seconds[name] -= moment(event).timestamp()
            elif name := left(event):
                inside[name] -= 1
                seconds[name] += moment(event).timestamp()
        for name, number in inside.items():
            if number > 0:
                seconds[name] += number * moment(events[-1]).timestamp()
                if events[-1]["type"] in ENDS[1:]:
                    failed.add(name)
    return {
        name: Visit(number, max(seconds[name], 0.0), name in failed)
        for name, number in times.items()
    }


def trail(events: Sequence[Event]) -> tuple[Step, ...]:
    """List the states as they were entered and left."""
    steps = ((entered(event) or left(event), entered(event) is not None) for event in events)
    return tuple(Step(name, inward) for name, inward in steps if name)


def transitions(events: Sequence[Event]) -> int:
    """Count what AWS bills: each step that was executed, each retry once more."""
    steps: int = sum(entered(event) is not None for event in events)
    tasks: int = sum(event["type"] == "TaskStateEntered" for event in events)
    attempts: int = sum(
        event["type"] in ("TaskScheduled", "LambdaFunctionScheduled") for event in events
    )
    return steps + max(attempts - tasks, 0)


def invokes(event: Event) -> bool:
    """Tell whether an event is the invocation of a Lambda function."""
    if event["type"] == "LambdaFunctionScheduled":
        return True
    details = event.get("taskScheduledEventDetails", {})
    return bool(event["type"] == "TaskScheduled" and details.get("resourceType") == "lambda")


def entered(event: Event) -> str | None:
    """Name the state that an event enters."""
    return _named(event, "stateEnteredEventDetails")


def left(event: Event) -> str | None:
    """Name the state that an event leaves."""
    return _named(event, "stateExitedEventDetails")


def moment(event: Event) -> datetime:
    """Say when it happened."""
    stamp: datetime = event["timestamp"]
    return stamp


def size(event: Event) -> int:
    """Measure the largest value that an event carries, in bytes of JSON."""
    details = [value for key, value in event.items() if key.endswith("EventDetails")]
    values = [d.get(name) or "" for d in details for name in ("input", "output", "parameters")]
    sizes: list[int] = [len(str(value).encode()) for value in values]
    return max(sizes, default=0)


def _named(event: Event, details: str) -> str | None:
    name: str | None = event.get(details, {}).get("name")
    return name
