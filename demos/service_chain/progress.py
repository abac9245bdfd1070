"""Watch the executions from state to state until each file has its outcome."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from rich.markup import escape
from rich.table import Table

from demos import deployed
from demos.executions import entered
from demos.report.markup import visible
from demos.report.terminal import grid
from demos.state_machine import seconds
from sandbox.host.client import Sandbox

LONGEST_WAIT = 420.0
QUIET = 120.0
BEFORE_THE_FIRST = 60.0
POLL = 0.7
TAIL = 30  # events of a history that are looked at for the latest state
ENDED = {"SUCCEEDED": "green", "FAILED": "yellow", "TIMED_OUT": "red", "ABORTED": "red"}


@dataclass(frozen=True, slots=True)
class Outputs(deployed.Outputs):
    """The bucket that takes files, the queue of their events, and the machine."""

    inbox_bucket_name: str
    queue_url: str
    state_machine_arn: str


@dataclass(slots=True)
class Execution:
    """What is known of one execution while it runs."""

    arn: str
    key: str
    began: float
    status: str = "RUNNING"
    state: str = "started"
    events: int = 0
    ended: float | None = None


@dataclass(slots=True)
class Seen:
    """All executions so far, by name of the execution."""

    executions: dict[str, Execution] = field(default_factory=dict)

    @property
    def running(self) -> list[Execution]:
        """Those that have not ended."""
        return [e for e in self.executions.values() if e.status == "RUNNING"]

    def board(self, now: float) -> Table:
        """Show a line for each."""
        shown = grid("file", "state", ">events", ">time")
        for e in self.executions.values():
            colour = ENDED.get(e.status)
            state = f"[{colour}]{e.status.lower()}" if colour else escape(e.state)
            shown.add_row(
                escape(visible(e.key)), state, str(e.events), seconds((e.ended or now) - e.began)
            )
        return shown


def wait(
    sandbox: Sandbox,
    stack: Outputs,
    expected: int,
    tell: Callable[[Seen, Sequence[str]], None],
) -> Seen:
    """Wait until as many executions as expected have begun and ended; ``tell`` takes the news.

    Gives up after a quiet spell: the verdict says what is missing.
    """
    seen, begun = Seen(), monotonic()
    news_at = begun
    while len(seen.executions) < expected or seen.running:
        news = look(sandbox, stack, seen)
        now = monotonic()
        news_at = now if news else news_at
        tell(seen, news)
        quiet = QUIET if seen.executions else BEFORE_THE_FIRST
        if now - news_at > quiet or now - begun > LONGEST_WAIT:
            break
        sleep(POLL)
    return seen


def look(sandbox: Sandbox, stack: Outputs, seen: Seen) -> list[str]:
    """Read what has changed; returns one line for each change."""
    states: Any = sandbox.client("stepfunctions")
    pages = states.get_paginator("list_executions").paginate(
        stateMachineArn=stack.state_machine_arn
    )
    news = []
    for item in (item for page in pages for item in page["executions"]):
        known = seen.executions.get(item["name"])
        if known is None:
            arn = item["executionArn"]
            given = json.loads(states.describe_execution(executionArn=arn)["input"])
            known = seen.executions[item["name"]] = Execution(arn, given["key"], monotonic())
        if known.ended is not None:
            continue
        before = (known.status, known.state)
        _catch_up(states, known, item["status"])
        if (known.status, known.state) != before:
            where = known.state if known.status == "RUNNING" else known.status.lower()
            news.append(f"{visible(known.key)}: {where}")
    return news


def _catch_up(states: Any, known: Execution, status: str) -> None:
    recent = states.get_execution_history(
        executionArn=known.arn, reverseOrder=True, maxResults=TAIL, includeExecutionData=False
    )["events"]
    known.events = max((event["id"] for event in recent), default=0)
    known.state = next((name for event in recent if (name := entered(event))), known.state)
    if status != "RUNNING":
        known.status, known.ended = status, monotonic()
