"""The machine that watches, as it is written: valid, bounded, with an end for all that happens."""

import json

import pytest

from costs.defaults import defaults
from stacks.model_hosting.drift_settings import DriftSettings
from stacks.model_hosting.stages.drift import JOB_SECONDS, TRIES, watch_machine
from testing.oracles import verdicts

OWN = {name: defaults()["model_hosting"][name] for name in DriftSettings.model_fields}
MACHINE = watch_machine(DriftSettings(**OWN))
STATES = MACHINE["States"]


@pytest.mark.golden
def test_the_machine_is_the_reviewed_one(snapshot_json):
    assert snapshot_json == MACHINE


def test_the_machine_is_valid():
    assert verdicts(
        "asl.mjs", [json.loads(json.dumps(MACHINE).replace("${Partition}", "aws"))]
    ) == [[]]


def test_every_task_has_its_time_and_whatever_happens_leaves_the_window():
    for name, state in STATES.items():
        if state["Type"] == "Task":
            assert state["TimeoutSeconds"] > 0
            last = state["Catch"][-1]
            assert last["ErrorEquals"] == ["States.ALL"]
            expected = {"Measure": "IsLastTry", "LeaveWindow": "WindowNotMeasured"}
            assert last["Next"] == expected.get(name, "LeaveWindow")
    assert STATES["LeaveWindow"]["Next"] == "WindowNotMeasured"
    assert STATES["WindowNotMeasured"]["Type"] == "Fail"


def test_jobs_are_bounded_in_number_and_time():
    assert STATES["IsLastTry"]["Choices"][0]["Condition"] == f"{{% $tries >= {TRIES} %}}"
    asked = STATES["Measure"]["Arguments"]
    assert asked["StoppingCondition"]["MaxRuntimeInSeconds"] == JOB_SECONDS
    assert MACHINE["TimeoutSeconds"] > TRIES * JOB_SECONDS


def test_the_job_is_isolated_and_all_that_it_keeps_is_under_our_key():
    asked = STATES["Measure"]["Arguments"]
    assert asked["NetworkConfig"]["EnableNetworkIsolation"] is True
    assert asked["NetworkConfig"]["EnableInterContainerTrafficEncryption"] is True
    assert asked["ProcessingOutputConfig"]["KmsKeyId"] == "${KeyArn}"
    assert asked["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == "${KeyArn}"


@pytest.mark.parametrize(
    ("hours", "expression"),
    [(1, "cron(20 * * * ? *)"), (6, "cron(20 0/6 * * ? *)"), (24, "cron(20 0 * * ? *)")],
)
def test_windows_are_looked_at_after_their_end(hours, expression):
    assert DriftSettings(**{**OWN, "drift_hours": hours}).drift_schedule == expression


def test_hours_that_do_not_fill_a_day_are_refused():
    with pytest.raises(ValueError, match="drift_hours"):
        DriftSettings(**{**OWN, "drift_hours": 5})
