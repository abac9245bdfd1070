"""The machines of a run as they are written: valid, bounded, with an end for all that happens."""

import json

import pytest

from stacks.data_lake.contracts import offers
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stages.abnormal_ending import record_abnormal_ending, record_abnormal_file
from stacks.data_lake.stages.arrivals import count_arrival
from stacks.data_lake.stages.failures import RECORDED
from stacks.data_lake.stages.jobs import ATTEMPTS, START_SECONDS
from stacks.data_lake.stages.large_file import model_large_file
from stacks.data_lake.stages.run import run_machine, steps
from stacks.data_lake.stages.streaming import keep_streaming
from stacks.settings import load_settings
from testing.oracles import verdicts

OFFERED = offers(stack_name="Lake")
SETTINGS = load_settings().of(DataLake)
MACHINES = {
    "run": run_machine(SETTINGS, OFFERED),
    "abnormal_ending": record_abnormal_ending(OFFERED, delay_seconds=60),
    "arrival": count_arrival(delay_seconds=60),
    "large_file": model_large_file(OFFERED, minutes=120),
    "abnormal_file": record_abnormal_file(OFFERED),
    "keep_streaming": keep_streaming(arguments=["--stream", "${Stream}"], attempts=5),
}
RUN = MACHINES["run"]["States"]
every_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=list(MACHINES))


def followers(state):
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for rule in (*state.get("Catch", ()), *state.get("Choices", ())):
        yield rule["Next"]


def reached(states, start):
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(followers(states[name]))
    return seen


@pytest.mark.golden
def test_the_machines_are_the_reviewed_ones(snapshot_json):
    assert snapshot_json == MACHINES


def test_every_machine_is_valid():
    # The oracle takes any member of this name for states, and falls over a list of texts.
    written = [json.dumps(m).replace('"States": ["', '"Kinds": ["') for m in MACHINES.values()]
    deployed = [json.loads(text.replace("${Partition}", "aws")) for text in written]
    assert verdicts("asl.mjs", deployed) == [[]] * len(MACHINES)


@every_machine
def test_every_state_can_be_reached_and_every_way_leads_somewhere(machine):
    assert reached(machine["States"], machine["StartAt"]) == set(machine["States"])


@every_machine
def test_every_task_has_its_time_and_tries_again_what_may_pass(machine):
    for state in machine["States"].values():
        if state["Type"] == "Task":
            assert state["TimeoutSeconds"] > 0
            *_, always = state["Retry"]
            assert always["ErrorEquals"] == ["States.ALL"]
            assert always["JitterStrategy"] == "FULL"
            assert 0 < always["MaxAttempts"] <= 10


def test_a_large_file_that_fails_is_recorded_and_then_its_execution_fails():
    states = MACHINES["large_file"]["States"]
    assert states["ModelFile"]["Catch"][-1]["Next"] == "RecordFailure"
    assert {"Succeed", "FailureNotRecorded", RECORDED} <= reached(states, "ModelFile")
    assert "Succeed" not in reached(states, "RecordFailure")


def test_whatever_happens_in_a_step_is_recorded_and_the_turn_is_left():
    done = {name for step in steps(SETTINGS, OFFERED) for name in step("After")}
    for name in (*done, "TakeTurn", "DescribeHolder", "Join"):
        state = RUN[name]
        if state["Type"] == "Task":
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
            assert state["Catch"][-1]["Next"] == "RecordFailure"
    assert "LeaveTurn" in reached(RUN, "RecordFailure")
    assert RECORDED in reached(RUN, "LeaveTurn")


def test_no_turn_is_held_for_ever_and_no_lease_ends_before_its_run():
    lease = RUN["TakeTurn"]["Arguments"]["ExpressionAttributeValues"][":end"]["N"]
    seconds = MACHINES["run"]["TimeoutSeconds"]
    assert f"+ {seconds * 1000})" in lease
    jobs = [s for s in RUN.values() if s.get("Resource", "").endswith("startJobRun.sync")]
    assert jobs
    assert seconds > sum(ATTEMPTS * job["TimeoutSeconds"] for job in jobs)
    longest = SETTINGS.merge_minutes * 60 + START_SECONDS
    assert RUN["MergeRecords"]["TimeoutSeconds"] == longest


@pytest.mark.parametrize("schedule", ["every day", "rate(1 day", "at(2030-01-01)", "rate()"])
def test_a_schedule_that_is_none_is_refused(schedule):
    with pytest.raises(ValueError, match="run_schedule"):
        load_settings(None, {"data_lake.run_schedule": schedule}).of(DataLake)


def test_a_lake_starts_runs_by_whatever_it_is_told_to(template, variant):
    def rules(found):
        found = [r["Properties"] for r in found["Resources"].values() if "::Rule" in r["Type"]]
        return {rule["Description"]: rule.get("ScheduleExpression") for rule in found}

    by_itself = rules(template("DataLake"))
    assert "The records of a file are in the modeled zone." in by_itself
    assert not any(by_itself.values())
    other = {"data_lake.run_on_arrival": False, "data_lake.run_schedule": "rate(1 day)"}
    scheduled = variant("DataLake", overrides=other)
    assert "rate(1 day)" in rules(scheduled).values()
    assert "The records of a file are in the modeled zone." not in rules(scheduled)
    assert "ArrivedMachineArn" not in scheduled["Outputs"]
