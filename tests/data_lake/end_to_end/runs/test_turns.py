"""One run at a time, whoever starts it and however it ends; and nothing that came is forgotten."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits

SLOW = "import time; time.sleep(3)"
ENDLESS = "import time; time.sleep(600)"


def drop(lake, name, seed=5):
    """Drop a file of one record."""
    (visit,) = visits(1, datetime.now(UTC), seed=seed)
    content = b"".join(csv_lines([Delivery(visit.visit)], list(VISITS)))
    lake.drop(f"retail_visits/{name}.csv", content)


def loads(lake):
    return [key for key in lake.keys("ModeledBucketName", "loads/") if key]


def at_work(lake):
    """Wait until the job runs; gives its run. No time is skipped meanwhile."""
    end = time.monotonic() + 60
    while not (runs := lake.merges()) or runs[0]["JobRunState"] != "RUNNING":
        assert time.monotonic() < end, runs
        time.sleep(0.1)
    return runs[0]


def until(condition, seconds=60):
    """Wait in real time: what waits for more arrivals goes on waiting."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def overlapping(lake):
    """List the runs of the job that began before another had ended."""
    runs = sorted(lake.merges(), key=lambda run: run["StartedOn"])
    return [
        (one["Id"], other["Id"])
        for one, other in pairwise(runs)
        if other["StartedOn"] < one["CompletedOn"]
    ]


def test_of_two_starts_at_once_one_runs_and_the_other_is_run_for_after_it(scripted, calm):
    scripted(SLOW)
    before = len(calm.merges())
    with ThreadPoolExecutor() as pool:
        started = list(pool.map(lambda _: calm.start(), range(2)))
    ended = [calm.ended(execution) for execution in started]
    assert {each["status"] for each in ended} == {"SUCCEEDED"}
    outputs = sorted((json.loads(each["output"]) for each in ended), key=len)
    (holder,) = (e["executionArn"] for e in ended if json.loads(e["output"]) == {})
    assert outputs == [{}, {"joined": holder}]
    calm.rest()
    assert len(calm.merges()) == before + 2
    assert not overlapping(calm)
    (after,) = [name for name in calm.executions() if name.startswith("next-")][:1]
    assert calm.executions()[after]["status"] == "SUCCEEDED"


def test_many_files_start_one_run_however_often_and_in_whatever_order_they_are_told_of(
    scripted, calm
):
    scripted("print('merged')")
    calm.sandbox.faults(
        [{"event": "eventbridge", "source": "aws.s3", "duplicate": 1.0, "shuffle": True}]
    )
    before, known = len(calm.merges()), len(loads(calm))
    for number in range(12):
        drop(calm, f"many-{number}", seed=100 + number)
    until(lambda: len(loads(calm)) == known + 12)
    until(lambda: any(name.startswith("arrival-") for name in calm.executions()))
    time.sleep(3)  # the events' own delay
    calm.rest()
    assert len(calm.merges()) == before + 1


def test_what_comes_while_a_run_is_at_work_is_run_for_after_it(scripted, calm):
    scripted(SLOW)
    before, known = len(calm.merges()), len(loads(calm))
    run = calm.start()
    at_work(calm)
    drop(calm, "meanwhile", seed=31)
    until(lambda: len(loads(calm)) == known + 1)
    assert calm.ended(run)["status"] == "SUCCEEDED"
    calm.rest()
    assert len(calm.merges()) == before + 2
    assert not overlapping(calm)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_run_that_is_stopped_holds_its_turn_no_longer_and_is_on_record(
    scripted, calm, events, is_told
):
    lost = {"event": "eventbridge", "source": "aws.states", "lose": 1.0}
    calm.sandbox.faults([] if is_told else [lost])
    scripted(ENDLESS)
    run = calm.start()
    job = at_work(calm)
    calm.states.stop_execution(executionArn=run)
    calm.wait_for(lambda: calm.merges()[0]["JobRunState"] == "STOPPED")
    assert calm.merges()[0]["Id"] == job["Id"]
    calm.rest()
    name = run.rpartition(":")[2]
    if is_told:
        record = calm.records()[name]
        assert (record["state"], record["error"]) == ("Execution", "States.ABORTED")
        assert events() == [
            ("Run Failed", {"run": name, "state": "Execution", "error": "States.ABORTED"})
        ]
        calm.wait_for(lambda: "DataLake-prod-RunFailed" in calm.ringing())
    scripted("print('merged')")
    after = calm.ended(calm.start())
    assert json.loads(after["output"]) == {}
    entered = calm.entered(after["executionArn"])
    assert ("TakeOver" in entered) == (not is_told)
    assert "MergeRecords" in entered


def test_a_schedule_starts_a_run_at_once(scripted, calm):
    scripted("print('merged')")
    before = set(calm.executions())
    assert calm.sandbox.fire_schedules("OnSchedule")
    calm.wait_for(lambda: set(calm.executions()) - before)
    calm.rest()
    (name,) = set(calm.executions()) - before
    assert "MergeRecords" in calm.entered(calm.executions()[name]["executionArn"])
