"""Watching executions until each has ended, or nothing moves any more."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from demos.service_chain import progress
from demos.service_chain.progress import wait


class States:
    """Answers as Step Functions would, one state further at every look."""

    def __init__(self, plots):
        self.plots, self.looks = plots, 0

    def get_paginator(self, name):
        """List what has begun."""
        self.looks += 1
        items = [
            {"name": key, "executionArn": key,
             "status": "RUNNING" if self.looks < len(plot) else plot[-1]}
            for key, plot in self.plots.items()
        ]  # fmt: skip
        return SimpleNamespace(paginate=lambda **given: [{"executions": items}])

    def describe_execution(self, **given):
        """Give the input."""
        return {"input": json.dumps({"key": given["executionArn"]})}

    def get_execution_history(self, **given):
        """Give the latest state first."""
        plot = self.plots[given["executionArn"]][:-1]
        name = plot[min(self.looks, len(plot)) - 1]
        return {"events": [{"id": self.looks, "timestamp": datetime.now(UTC),
                            "stateEnteredEventDetails": {"name": name}}]}  # fmt: skip


@pytest.fixture
def watched(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress, "monotonic", lambda: clock.now)
    monkeypatch.setattr(progress, "sleep", lambda s: setattr(clock, "now", clock.now + 5))

    def run(plots, expected):
        states = States(plots)
        told: list[str] = []
        sandbox: Any = SimpleNamespace(client=lambda name: states)
        stack: Any = SimpleNamespace(state_machine_arn="machine")
        seen = wait(sandbox, stack, expected, lambda s, news: told.extend(news))
        return seen, told

    return run


def test_every_change_is_told_once_until_all_have_ended(watched):
    seen, told = watched({"a.txt": ["Identify", "ReadDocument", "SUCCEEDED"]}, 1)
    assert told == ["a.txt: Identify", "a.txt: ReadDocument", "a.txt: succeeded"]
    assert seen.running == []


def test_a_file_that_never_begins_ends_the_wait_after_a_quiet_spell(watched):
    seen, _ = watched({}, 1)
    assert seen.executions == {}


def test_an_execution_that_hangs_ends_the_wait_and_is_still_running(watched):
    seen, _ = watched({"a.txt": ["Identify"] * 100 + ["SUCCEEDED"]}, 1)
    assert [e.key for e in seen.running] == ["a.txt"]


def test_the_board_has_a_line_for_each(watched):
    seen, _ = watched({"a[b].txt": ["Identify", "SUCCEEDED"], "c": ["Identify", "FAILED"]}, 2)
    assert seen.board(9).row_count == 2
