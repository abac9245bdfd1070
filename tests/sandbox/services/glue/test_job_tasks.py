"""A state machine that runs a job and waits for its end, as its role."""

import json
import time

import pytest

SECONDS = 120


@pytest.fixture
def begin(sandbox, role_of, unique):
    """Start a machine of one task; gives the execution."""

    def start(job, *rights, way=".sync"):
        states, role = sandbox.client("stepfunctions"), role_of(*rights)
        partition = role.split(":")[1]
        task = {
            "Type": "Task",
            "Resource": f"arn:{partition}:states:::glue:startJobRun{way}",
            "Arguments": {"JobName": job, "Arguments": {"--day": "monday"}},
            "End": True,
        }
        definition = {"QueryLanguage": "JSONata", "StartAt": "Run", "States": {"Run": task}}
        machine = states.create_state_machine(
            name=unique("machine"), definition=json.dumps(definition), roleArn=role
        )["stateMachineArn"]
        return states.start_execution(stateMachineArn=machine)["executionArn"]

    return start


@pytest.fixture
def execute(sandbox, begin):
    """Run a machine of one task; gives how its execution ended."""

    def run(*asked, **way):
        states, started = sandbox.client("stepfunctions"), begin(*asked, **way)
        end = time.monotonic() + SECONDS
        while (seen := states.describe_execution(executionArn=started))["status"] == "RUNNING":
            assert time.monotonic() < end
            time.sleep(0.1)
        return seen

    return run


def test_the_task_ends_with_the_run_and_gives_what_became_of_it(job, execute):
    name = job("import sys; assert '--day' in sys.argv")
    seen = execute(name, "glue:StartJobRun", "glue:GetJobRun")
    assert seen["status"] == "SUCCEEDED", seen
    found = json.loads(seen["output"])
    assert (found["JobName"], found["JobRunState"]) == (name, "SUCCEEDED")


def test_a_run_that_fails_fails_the_task_with_its_reason(job, execute):
    seen = execute(job("raise ValueError('no')"), "glue:StartJobRun", "glue:GetJobRun")
    assert (seen["status"], seen["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(seen["cause"])["ErrorMessage"] == "ValueError: no"


def test_without_the_way_to_wait_the_task_gives_the_run_at_once(job, execute, glue, ended):
    name = job("print(1)")
    seen = execute(name, "glue:StartJobRun", way="")
    assert ended(name, json.loads(seen["output"])["JobRunId"])["JobRunState"] == "SUCCEEDED"


def test_a_role_that_may_not_start_the_job_fails_the_task(job, execute):
    seen = execute(job("print(1)"), "glue:GetJobRun")
    assert seen["error"] == "Glue.AWSGlueException"
    assert "glue:StartJobRun" in seen["cause"]


STOPPING = ("glue:StartJobRun", "glue:GetJobRun", "glue:BatchStopJobRun")


@pytest.mark.parametrize(("rights", "state"), [(STOPPING, "STOPPED"), (STOPPING[:2], "SUCCEEDED")])
def test_a_job_whose_execution_is_stopped_is_stopped_where_the_role_may(
    sandbox, job, begin, glue, ended, rights, state
):
    name = job("import time; print('here'); time.sleep(5)")
    execution = begin(name, *rights)
    end = time.monotonic() + SECONDS
    while not (runs := glue.get_job_runs(JobName=name)["JobRuns"]) or (
        runs[0]["JobRunState"] == "STARTING"
    ):
        assert time.monotonic() < end
        time.sleep(0.1)
    sandbox.client("stepfunctions").stop_execution(executionArn=execution)
    assert ended(name, runs[0]["Id"])["JobRunState"] == state
