"""Runs are waited for; who had nothing to do is left out, and a failure is told by its cause."""

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from demos.data_lake.runs import Runs, listen
from demos.stage import DemoError, Stage


def states(**found):
    """Stand for Step Functions: how each execution ends at the third look, and what it asked."""
    looks = iter(range(100))

    def listed(**_):
        early = next(looks) < 2
        shown = {name: "RUNNING" if early else status for name, (status, _) in found.items()}
        return [{"executions": [{"executionArn": n, "status": s} for n, s in shown.items()]}]

    def history(**asked):
        kind = found[asked["executionArn"]][1]
        return {"events": [{"taskScheduledEventDetails": {"resourceType": kind}}]}

    return SimpleNamespace(
        get_paginator=lambda _: SimpleNamespace(paginate=listed),
        get_execution_history=history,
        describe_execution=lambda **_: {"cause": "MergeRecords: States.TaskFailed"},
    )


@pytest.fixture
def stage(tmp_path):
    return Stage(Console(file=io.StringIO()), tmp_path / "report.html")


def runs(found):
    sandbox: Any = SimpleNamespace(client=lambda _: found, pass_time=lambda: None)
    return Runs(sandbox, "machine")


def test_whoever_ran_no_job_had_nothing_to_do(stage):
    found = states(worked=("SUCCEEDED", "glue"), joined=("SUCCEEDED", "aws-sdk:dynamodb"))
    assert runs(found).wait(stage) == ["worked"]
    assert runs(found).wait(stage, "joined") == []


def test_a_run_that_failed_is_told_by_its_cause(stage):
    with pytest.raises(DemoError, match=r"MergeRecords: States\.TaskFailed"):
        runs(states(worked=("FAILED", "glue"))).wait(stage)


def test_who_listens_is_told_each_event_once(sandbox):
    come = listen(sandbox, "shop")
    entry = {"Source": "shop", "DetailType": "Opened", "Detail": json.dumps({"door": 1})}
    sandbox.client("events").put_events(Entries=[entry, {**entry, "Source": "others"}])
    heard: list[Any] = []
    while not heard:
        heard = come()
    assert heard == [("Opened", {"door": 1})]
    assert come() == []
