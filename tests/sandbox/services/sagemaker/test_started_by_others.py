"""State machines wait for jobs; rules start pipelines."""

import json
import time

import pytest
from botocore.exceptions import ClientError

DEFINITION = {
    "Version": "2020-12-01",
    "Parameters": [{"Name": "Why", "Type": "String"}],
    "Steps": [
        {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.Why"}}}
    ],
}


@pytest.fixture
def machine(sandbox, unique, role_of):
    """Run one task of SageMaker's as a state machine; gives (status, output or cause)."""
    states = sandbox.client("stepfunctions")

    def run(action, arguments, *rights, stop_after=None):
        role = role_of(*rights)
        task = {
            "Type": "Task",
            "Resource": f"arn:{role.split(':')[1]}:states:::sagemaker:{action}",
            "Arguments": arguments,
            "End": True,
        }
        definition = {"QueryLanguage": "JSONata", "StartAt": "Job", "States": {"Job": task}}
        arn = states.create_state_machine(
            name=unique("machine"), definition=json.dumps(definition), roleArn=role
        )["stateMachineArn"]
        started = states.start_execution(stateMachineArn=arn)["executionArn"]
        until = time.monotonic() + 60
        while (seen := states.describe_execution(executionArn=started))["status"] == "RUNNING":
            assert time.monotonic() < until
            if stop_after and stop_after():
                states.stop_execution(executionArn=started)
            time.sleep(0.1)
        if seen["status"] == "SUCCEEDED":
            return "SUCCEEDED", json.loads(seen["output"])
        return seen.get("error", seen["status"]), seen.get("cause", "")

    return run


HEARING = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
SYNC = (
    *HEARING,
    *("sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob"),
    "iam:PassRole",
)


def test_a_task_waits_for_its_job(machine, asked):
    status, found = machine("createTrainingJob.sync", asked("pass"), *SYNC)
    assert (status, found["TrainingJobStatus"]) == ("SUCCEEDED", "Completed")
    error, cause = machine("createTrainingJob.sync", asked("raise ValueError('no day')"), *SYNC)
    assert error == "States.TaskFailed"
    assert "ValueError: no day" in json.loads(cause)["FailureReason"]


@pytest.mark.parametrize("lacking", HEARING)
def test_a_machine_that_waits_for_jobs_may_make_its_rule(machine, asked, lacking):
    rights = [right for right in SYNC if right != lacking]
    with pytest.raises(ClientError, match=f"create managed-rule.*{lacking}"):
        machine("createTrainingJob.sync", asked("pass"), *rights)


def test_a_task_that_does_not_wait_gives_the_jobs_arn(machine, asked):
    status, found = machine("createTrainingJob", asked("pass"), *SYNC)
    assert status == "SUCCEEDED"
    assert ":training-job/job-" in found["TrainingJobArn"]


@pytest.mark.parametrize("lacking", ["sagemaker:CreateTrainingJob", "iam:PassRole"])
def test_a_task_does_what_its_machines_role_may(machine, asked, lacking):
    rights = [right for right in SYNC if right != lacking]
    error, cause = machine("createTrainingJob.sync", asked("pass"), *rights)
    assert error == "SageMaker.AmazonSageMakerException"
    assert lacking in cause


def test_a_job_of_a_stopped_execution_is_stopped(machine, asked, ended, sagemaker):
    request = asked("import time; time.sleep(60)")
    name = request["TrainingJobName"]

    def runs():
        listed = sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"]
        return [each for each in listed if each["SecondaryStatus"] == "Training"]

    assert machine("createTrainingJob.sync", request, *SYNC, stop_after=runs)[0] == "ABORTED"
    assert ended(name)["TrainingJobStatus"] == "Stopped"


def test_any_operation_is_called_by_its_name_in_the_sdk(run_task, sagemaker, unique):
    arguments = {"ModelPackageGroupName": unique("group")}
    status, _ = run_task(
        "sagemaker:createModelPackageGroup", arguments, "sagemaker:CreateModelPackageGroup"
    )
    assert status == "SUCCEEDED"
    assert sagemaker.describe_model_package_group(**arguments)
    error, cause = run_task("sagemaker:listDomains", {}, "sagemaker:*")
    assert error == "SageMaker.SageMakerException"
    assert "the sandbox does not have sagemaker:ListDomains" in cause


@pytest.fixture
def rule(sandbox, unique, role_for, statement):
    """Make a rule that starts a pipeline on events of a source of the test's own."""
    events, made = sandbox.client("events"), []

    def make(pipeline, *actions, why):
        name = unique("rule")
        events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
        made.append(name)
        target = {
            "Id": "pipeline",
            "Arn": pipeline,
            "RoleArn": role_for("events.amazonaws.com", statement(*actions, on=pipeline)),
            "SageMakerPipelineParameters": {
                "PipelineParameterList": [{"Name": "Why", "Value": why}]
            },
        }
        events.put_targets(Rule=name, Targets=[target])
        entry = {"Source": name, "DetailType": "x", "Detail": json.dumps({"why": "no rows"})}
        events.put_events(Entries=[entry])

    yield make
    for name in made:
        events.remove_targets(Rule=name, Ids=["pipeline"])
        events.delete_rule(Name=name)


def test_a_rule_starts_a_pipeline_with_values_of_the_event(
    rule, sagemaker, unique, role, eventually, sandbox
):
    name = unique("pipeline")
    arn = sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=json.dumps(DEFINITION), RoleArn=role("sagemaker:*")
    )["PipelineArn"]
    rule(arn, "sagemaker:StartPipelineExecution", why="$.detail.why")

    def failed():
        listed = sagemaker.list_pipeline_executions(PipelineName=name)
        return [
            each.get("PipelineExecutionFailureReason")
            for each in listed["PipelineExecutionSummaries"]
            if each["PipelineExecutionStatus"] == "Failed"
        ]

    assert eventually(failed) == ["no rows"]
    rule(arn, "sagemaker:DescribePipeline", why="fixed")
    eventually(
        lambda: [
            each for each in sandbox.problems() if "sagemaker:StartPipelineExecution" in str(each)
        ]
    )
    assert failed() == ["no rows"]
