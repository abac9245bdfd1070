"""A training set becomes a registered model, once; what is wrong with one is told."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import pytest

from fixtures.training_set import make_training_set
from stacks.model_training.contracts import offers


@pytest.fixture(scope="module")
def first(executions, lake, sandbox, outputs):
    """Have everybody ask for it at once who can: the lake, a drift, a person."""
    found = make_training_set(800, seed=11)
    place = lake.publish(found)
    events, sqs = sandbox.client("events"), sandbox.client("sqs")
    wish = offers(stack_name="ModelTraining").retraining
    detail = json.dumps({"reason": "drift"})
    entry = {"Source": wish.source, "DetailType": wish.detail_type, "Detail": detail}
    asks = (
        lambda: lake.tell(found, place),
        lambda: events.put_events(Entries=[entry]),
        lambda: sqs.send_message(QueueUrl=outputs["QueueUrl"], MessageBody='{"again": true}'),
    )
    with ThreadPoolExecutor(6) as everybody:
        for asked in [everybody.submit(ask) for ask in asks * 2]:
            asked.result()
    return found, place, executions.wait(1)


class Offered(NamedTuple):
    """A training set that the lake offers, and where its manifest is."""

    content_hash: str
    place: str


@pytest.fixture(scope="module")
def mended(lake, executions, first):
    """Offer a second training set that was trained on."""
    found = make_training_set(300, seed=14)
    place, before = lake.publish(found), len(executions.arns())
    lake.tell(found, place)
    executions.wait(before + 1)
    return Offered(found.content_hash, place)


def test_a_training_set_becomes_one_package_that_waits_for_approval(first, executions):
    found, place, execution = first
    assert execution.status == "Succeeded", execution.reasons
    assert {name for name, (status, _) in execution.steps.items() if status == "Succeeded"} == {
        *("Prepare", "Train", "Evaluate", "BetterThanChampion", "Explain", "Register"),
    }
    (package,) = executions.packages()
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    known = package["CustomerMetadataProperties"]
    assert (known["content_hash"], known["manifest"]) == (found.content_hash, place)
    assert execution.reports["evaluation.json"]["training_set"]["manifest"] == place
    assert len(executions.arns()) == 1


def test_what_is_made_is_under_the_key_of_the_stack(first, sandbox, outputs):
    s3 = sandbox.client("s3")
    found = s3.list_objects_v2(Bucket=outputs["ArtifactsBucketName"])["Contents"]
    assert {entry["Key"].split("/")[0] for entry in found} == {"executions", "starts"}
    for entry in found:
        head = s3.head_object(Bucket=outputs["ArtifactsBucketName"], Key=entry["Key"])
        assert head["SSEKMSKeyId"].endswith(outputs["KeyArn"].rpartition("/")[2])


def test_a_file_that_is_not_what_its_manifest_says_fails_by_name_and_is_redone_once_mended(
    first, executions, lake, sandbox, outputs
):
    before = len(executions.arns())
    wrong = make_training_set(300, seed=12)
    place = lake.publish(wrong)
    lake.damage(wrong)
    lake.tell(wrong, place)
    failed = executions.wait(before + 1)
    assert failed.status == "Failed"
    assert "a file is missing, or was read twice" in failed.reasons["Prepare"]
    identity = failed.arn.rpartition("/")[2]
    (record,) = [r for r in executions.wait_for_failures(1) if r["execution"].endswith(identity)]
    assert (record["manifest"], record["content_hash"]) == (place, wrong.content_hash)
    assert [step["step"] for step in record["steps"]] == ["Prepare"]
    lake.publish(wrong)
    body = json.dumps({"manifest": place, "again": True})
    sandbox.client("sqs").send_message(QueueUrl=outputs["QueueUrl"], MessageBody=body)
    mended = executions.wait(before + 2)
    assert mended.steps["Prepare"][0] == "Succeeded", mended.reasons


def test_a_wish_without_new_data_starts_nothing_and_an_odd_one_is_kept(
    first, executions, sandbox, outputs
):
    before, sqs = len(executions.arns()), sandbox.client("sqs")
    for body in ("{}", '{"odd": 1}'):
        sqs.send_message(QueueUrl=outputs["QueueUrl"], MessageBody=body)
    end = time.monotonic() + 60
    while not _depth(sqs, outputs["DeadLetterQueueUrl"]) and time.monotonic() < end:
        sandbox.pass_time()
        time.sleep(0.2)
    assert _depth(sqs, outputs["DeadLetterQueueUrl"]) == 1
    assert len(executions.arns()) == before
    sqs.purge_queue(QueueUrl=outputs["DeadLetterQueueUrl"])


JOBS = {"PipelinePrepare": "Prepare", "PipelineTrain": "Train", "PipelineEvaluate": "Evaluate"}


# Of the lake's own key, which a demo's bucket has not: tests with the lake itself need it.
OF_THE_LAKE = "kms:Decrypt on key/* for s3 for s3"
# Without these a job goes on; what it could not write is told by tests of the sandbox's own.
FAILING_NOTHING = ("logs:", "cloudwatch:")


def test_whichever_right_of_a_job_is_taken_away_something_says_so(first, rights, occasions):
    """The jobs of the three roles side by side, as nobody else has their rights."""
    _, _, execution = first

    def unneeded(role, step):
        again = partial(occasions.job, execution, step)
        found = [r for r in rights.of(role) if not r.action.startswith(FAILING_NOTHING)]
        assert found
        return [
            str(right)
            for right in found
            if str(right) != OF_THE_LAKE
            and not rights.is_missed(right, again, denials=occasions.denials, seconds=2)
        ]

    with ThreadPoolExecutor(3) as aside:
        told = list(aside.map(unneeded, JOBS, JOBS.values()))
    assert dict(zip(JOBS, told, strict=True)) == {role: [] for role in JOBS}


def test_whichever_right_of_a_function_is_taken_away_something_says_so(
    first, mended, executions, rights, occasions
):
    _, place, execution = first
    for package in executions.packages()[:1]:  # a champion, of which the function has to know
        executions.approve(package["ModelPackageArn"])
    asks = {
        "StartingStartTraining": partial(occasions.start, place, mended),
        "FailuresRecordFailedExecution": partial(occasions.record, execution),
    }
    told = {
        role: [
            str(right)
            for right in rights.of(role)
            # Of events that failed for good, which Lambda itself puts into the queue.
            if str(right) != OF_THE_LAKE
            and "FailuresUnrecorded" not in right.on
            and " for sqs" not in right.on
            and not rights.is_missed(right, ask, denials=occasions.denials, seconds=1)
        ]
        for role, ask in asks.items()
    }
    assert told == {role: [] for role in asks}


def test_what_was_made_goes_with_the_stack_whatever_runs(
    first, executions, lake, sandbox, outputs, app
):
    more = make_training_set(300, seed=13)
    before = len(executions.arns())
    lake.tell(more, lake.publish(more))
    executions.wait_for_start(before + 1)
    identities = [arn.rpartition("/")[2] for arn in executions.arns()]
    sandbox.destroy("ModelTraining", app=app)
    sagemaker = sandbox.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_package_groups").paginate()
    groups = [g["ModelPackageGroupName"] for p in pages for g in p["ModelPackageGroupSummaryList"]]
    assert outputs["ModelPackageGroupName"] not in groups
    for identity in identities:
        asked = {"NameContains": f"pipelines-{identity}-"}
        assert not sagemaker.list_training_jobs(**asked)["TrainingJobSummaries"]
        assert not sagemaker.list_processing_jobs(**asked)["ProcessingJobSummaries"]
    stacks = sandbox.client("cloudformation").describe_stacks()["Stacks"]
    assert "ModelTraining" not in {
        s["StackName"] for s in stacks if s["StackStatus"] != "DELETE_COMPLETE"
    }


def _depth(sqs, url):
    name = "ApproximateNumberOfMessages"
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(found["Attributes"][name])
