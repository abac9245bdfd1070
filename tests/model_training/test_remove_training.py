"""What runs ends with the stack; what was made goes where data go, and stays where they stay."""

import pytest
from botocore.exceptions import ClientError

from model_training import remove_training
from model_training.remove_training import MOST, remove
from testing.stubs import Stubs, clients_of

PIPELINE, GROUP = "ModelTraining", "ModelTraining-0a1b2c3d"
ARN = "arn:aws:sagemaker:eu-west-1:000000000000:"
PACKAGES = [f"{ARN}model-package/modeltraining-0a1b2c3d/{n}" for n in (1, 2)]
TOLD = {"PipelineName": PIPELINE, "PackageGroup": GROUP, "DeletesData": "true"}


@pytest.fixture(scope="module")
def clients():
    return clients_of("sagemaker")


@pytest.fixture
def aws(clients):
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


@pytest.fixture
def ask(clients):
    """Have the resource made, changed or deleted; there is time for so many looks."""

    def removed(kind="Delete", looks=9, **changed):
        left = iter([True] * looks + [False])
        event = {"RequestType": kind, "ResourceProperties": {**TOLD, **changed}}
        remove(event, clients["sagemaker"], lambda: next(left))

    return removed


def executions(aws, **statuses):
    found = [
        {"PipelineExecutionArn": arn_of(name), "PipelineExecutionStatus": status}
        for name, status in statuses.items()
    ]
    asked = {"PipelineName": PIPELINE, "MaxResults": MOST}
    half = len(found) // 2
    pages = [{"PipelineExecutionSummaries": found[:half], "NextToken": "2"}] if half else []
    pages.append({"PipelineExecutionSummaries": found[half:]})
    for number, page in enumerate(pages):
        more = {"NextToken": "2"} if number else {}
        aws.answers("list_pipeline_executions", page, {**asked, **more})


def arn_of(execution):
    return f"{ARN}pipeline/modeltraining/execution/{execution}"


def is_stopped(aws, execution):
    aws.answers("stop_pipeline_execution", {}, {"PipelineExecutionArn": arn_of(execution)})


def jobs(aws, kind, *names):
    lower = kind.lower()
    found = [
        {
            f"{kind}JobName": name,
            f"{kind}JobArn": f"{ARN}{lower}-job/{name}",
            "CreationTime": 0,
            f"{kind}JobStatus": "Completed",
        }
        for name in names
    ]
    asked = {"NameContains": "pipelines-", "MaxResults": MOST}
    aws.answers(f"list_{lower}_jobs", {f"{kind}JobSummaries": found}, asked)


def packages(aws, *arns):
    found = [
        {
            "ModelPackageArn": arn,
            "CreationTime": 0,
            "ModelPackageStatus": "Completed",
            "ModelPackageGroupName": GROUP,
        }
        for arn in arns
    ]
    asked = {"ModelPackageGroupName": GROUP, "MaxResults": MOST}
    aws.answers("list_model_packages", {"ModelPackageSummaryList": found}, asked)


def test_what_was_made_goes_and_what_others_made_does_not(aws, ask):
    executions(aws, aaa="Succeeded", bbb="Failed", ccc="Stopped")
    jobs(aws, "Training", "pipelines-aaa-Train-x", "pipelines-other-Train-x", "my-pipelines-aaa-")
    aws.answers("delete_training_job", {}, {"TrainingJobName": "pipelines-aaa-Train-x"})
    jobs(aws, "Processing", "pipelines-bbb-Prepare-x")
    aws.answers("delete_processing_job", {}, {"ProcessingJobName": "pipelines-bbb-Prepare-x"})
    packages(aws, *PACKAGES)
    for arn in PACKAGES:
        aws.answers("delete_model_package", {}, {"ModelPackageName": arn})
    ask()


def test_where_data_stay_only_what_runs_is_ended(aws, ask):
    executions(aws, aaa="Executing", bbb="Succeeded")
    is_stopped(aws, "aaa")
    executions(aws, aaa="Stopping", bbb="Succeeded")
    executions(aws, aaa="Stopped", bbb="Succeeded")
    ask(DeletesData="false")


def test_an_execution_that_began_meanwhile_is_ended_too_and_one_that_ended_is_no_matter(aws, ask):
    executions(aws, aaa="Executing")
    aws.fails("stop_pipeline_execution", "ConflictException", "it has just ended")
    executions(aws, aaa="Succeeded", bbb="Executing")
    is_stopped(aws, "bbb")
    executions(aws, aaa="Succeeded", bbb="Stopped")
    ask(DeletesData="false")


def test_what_does_not_stop_in_time_is_told_with_what_to_do(aws, ask):
    for status in ("Executing", "Stopping"):
        executions(aws, aaa=status)
        if status == "Executing":
            is_stopped(aws, "aaa")
    with pytest.raises(
        TimeoutError, match="1 executions of ModelTraining have not stopped in time"
    ):
        ask(looks=1)


@pytest.mark.parametrize("gone", ["ResourceNotFound", "ResourceNotFoundException"])
def test_a_second_time_there_is_nothing_to_do(aws, ask, gone):
    aws.fails("list_pipeline_executions", gone, "Pipeline does not exist.")
    jobs(aws, "Training")
    jobs(aws, "Processing")
    aws.fails(
        "list_model_packages", "ValidationException", f"ModelPackageGroup {GROUP} does not exist."
    )
    ask()


def test_what_another_try_deleted_meanwhile_is_no_failure_and_what_still_ends_is_waited_for(
    aws, ask
):
    executions(aws, aaa="Stopped")
    jobs(aws, "Training", "pipelines-aaa-Train-x", "pipelines-aaa-Train-y")
    aws.fails("delete_training_job", "ResourceInUse", "it is Stopping")
    aws.answers("delete_training_job", {}, {"TrainingJobName": "pipelines-aaa-Train-x"})
    aws.fails("delete_training_job", "ResourceNotFound", "gone")
    jobs(aws, "Processing")
    packages(aws, *PACKAGES)
    aws.fails("delete_model_package", "ValidationException", f"{PACKAGES[0]} does not exist.")
    aws.answers("delete_model_package", {}, {"ModelPackageName": PACKAGES[1]})
    ask()


def test_a_right_that_is_missing_is_told_at_once(aws, ask):
    executions(aws, aaa="Executing")
    aws.fails("stop_pipeline_execution", "AccessDeniedException", "You may not.")
    with pytest.raises(ClientError, match="You may not"):
        ask()


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_nothing_is_made_or_changed(aws, ask, kind):
    ask(kind)


def test_whoever_is_throttled_waits_and_asks_again():
    assert remove_training.PATIENT.retries == {"mode": "standard", "max_attempts": 10}
