"""One execution for each content, whoever asks how often, and whenever the function is killed."""

import io
import json
from types import SimpleNamespace

import pytest
from botocore.response import StreamingBody

from model_training import start_training
from testing.stubs import Kept, Stubs, clients_of

CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=256, invoked_function_arn="f", aws_request_id="r"
)
HASH = "a" * 64
URI = f"s3://lake/manifests/{HASH}.json"
MANIFEST = {
    "content_hash": HASH,
    "snapshot_id": "7",
    "files": [{"path": "s3://lake/training_set/data/1.parquet", "rows": 3, "bytes": 9}],
}
EXECUTION = "arn:of:an:execution"
READY = {"detail-type": "Features Ready", "detail": {"manifest": URI}}


@pytest.fixture(scope="module")
def clients():
    return clients_of("dynamodb", "s3", "sagemaker", "ssm")


@pytest.fixture
def aws(monkeypatch, clients):
    monkeypatch.setattr(start_training, "client", clients.__getitem__)
    for name, value in {
        "ARTIFACTS_BUCKET": "artifacts",
        "BUCKET_PARAMETER": "/DataLake/transformed-bucket",
        "EXECUTIONS_TABLE": "executions",
        "MANIFESTS_PREFIX": "manifests/",
        "PACKAGE_GROUP": "models",
        "PIPELINE_NAME": "pipeline",
        "POWERTOOLS_SERVICE_NAME": "ModelTraining",
        "POWERTOOLS_METRICS_NAMESPACE": "MlReferenceArchitectures",
    }.items():
        monkeypatch.setenv(name, value)
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


def handle(*bodies):
    records = [{"messageId": f"{n}", "body": json.dumps(b)} for n, b in enumerate(bodies)]
    return start_training.handler({"Records": records}, CONTEXT)["batchItemFailures"]


def reads_manifest(aws):
    aws.answers("get_parameter", {"Parameter": {"Value": "lake"}})
    body = json.dumps(MANIFEST).encode()
    asked = {"Bucket": "lake", "Key": f"manifests/{HASH}.json"}
    aws.answers("get_object", {"Body": StreamingBody(io.BytesIO(body), len(body))}, asked)


def starts(aws, attempt, champion=None):
    summary = {
        "ModelPackageGroupName": "models",
        "ModelPackageArn": "arn:aws:sagemaker:eu-west-1:000000000000:model-package/models/1",
        "CreationTime": 0,
        "ModelPackageStatus": "Completed",
    }
    found = {"ModelPackageSummaryList": [summary] if champion else []}
    aws.answers("list_model_packages", found)
    if champion:
        described = {
            **summary,
            "ModelPackageName": "models/1",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "InferenceSpecification": {"Containers": [{"Image": "i", "ModelDataUrl": champion}]},
        }
        aws.answers("describe_model_package", described)
    bodies = {}
    for name in ("training.manifest", "champion.json", "champion.manifest"):
        bodies[name] = Kept()
        key = f"starts/{HASH}/{attempt}/{name}"
        aws.answers("put_object", {}, {"Bucket": "artifacts", "Key": key, "Body": bodies[name]})
    asked = {
        "PipelineName": "pipeline",
        "PipelineExecutionDescription": Kept(),
        "PipelineParameters": Kept(),
        "ClientRequestToken": f"{HASH}-{attempt:04d}",
    }
    aws.answers("start_pipeline_execution", {"PipelineExecutionArn": EXECUTION}, asked)
    aws.answers("update_item", {})
    return bodies


def known(aws, attempt, execution=EXECUTION):
    aws.fails("put_item", "ConditionalCheckFailedException")
    item = {"entry": {"S": HASH}, "attempt": {"N": str(attempt)}}
    if execution:
        item["execution"] = {"S": execution}
    aws.answers("get_item", {"Item": item})


def test_a_training_set_starts_one_execution_with_its_files(aws, metrics):
    reads_manifest(aws)
    aws.answers("put_item", {})
    bodies = starts(aws, 1)
    assert handle(READY) == []
    assert bodies["training.manifest"].json()[1:] == [
        f"manifests/{HASH}.json",
        "training_set/data/1.parquet",
    ]
    assert bodies["champion.json"].json() == {"package": None}
    assert metrics(service="ModelTraining")["ExecutionsStarted"] == [1]


def test_a_content_that_was_trained_on_is_not_again_however_often_it_is_told(aws, metrics):
    for _ in range(2):
        reads_manifest(aws)
        known(aws, 1)
    assert handle(READY, READY) == []
    assert metrics(service="ModelTraining")["ExecutionsNotNeeded"] == [2]


def test_who_was_killed_before_it_noted_the_execution_asks_for_the_same_one(aws):
    reads_manifest(aws)
    known(aws, 1, execution=None)
    starts(aws, 1)
    assert handle(READY) == []


@pytest.mark.parametrize("ending", ["Failed", "Stopped"])
def test_what_failed_is_started_anew_when_somebody_asks(aws, ending):
    reads_manifest(aws)
    known(aws, 1)
    aws.answers("describe_pipeline_execution", {"PipelineExecutionStatus": ending})
    aws.answers("update_item", {})
    starts(aws, 2)
    assert handle({"manifest": URI, "again": True}) == []


@pytest.mark.parametrize("going", ["Executing", "Succeeded", "Stopping"])
def test_what_runs_or_succeeded_is_not_started_anew(aws, going):
    reads_manifest(aws)
    known(aws, 1)
    aws.answers("describe_pipeline_execution", {"PipelineExecutionStatus": going})
    assert handle({"manifest": URI, "again": True}) == []


def test_of_two_that_ask_at_once_the_quicker_one_starts_it(aws):
    reads_manifest(aws)
    known(aws, 1)
    aws.answers("describe_pipeline_execution", {"PipelineExecutionStatus": "Failed"})
    aws.fails("update_item", "ConditionalCheckFailedException")
    assert handle({"manifest": URI, "again": True}) == []


def test_the_model_that_was_approved_last_is_compared_with(aws):
    reads_manifest(aws)
    aws.answers("put_item", {})
    bodies = starts(aws, 1, champion="s3://artifacts/executions/old/model.tar.gz")
    assert handle(READY) == []
    assert bodies["champion.json"].json()["package"].endswith("model-package/models/1")
    assert bodies["champion.manifest"].json()[2] == "executions/old/model.tar.gz"


def test_the_clock_trains_on_the_newest_manifest(aws):
    aws.answers("get_parameter", {"Parameter": {"Value": "lake"}})
    contents = [
        {"Key": "manifests/old.json", "LastModified": "2026-03-01T00:00:00Z"},
        {"Key": f"manifests/{HASH}.json", "LastModified": "2026-03-02T00:00:00Z"},
    ]
    aws.answers("list_objects_v2", {"Contents": contents})
    reads_manifest(aws)
    known(aws, 1)
    assert handle({"detail-type": "Scheduled Event"}) == []


def test_before_there_is_a_lake_the_clock_has_nothing_to_train_on(aws, metrics):
    aws.fails("get_parameter", "ParameterNotFound")
    assert handle({"detail-type": "Scheduled Event"}) == []
    assert metrics(service="ModelTraining")["ExecutionsNotNeeded"] == [1]


def test_what_cannot_be_started_comes_again_and_the_rest_does_not(aws):
    aws.answers("get_parameter", {"Parameter": {"Value": "lake"}})  # for the one elsewhere
    reads_manifest(aws)
    known(aws, 1)
    elsewhere = {"manifest": "s3://theirs/manifests/x.json"}
    assert handle({"odd": 1}, elsewhere, READY) == [
        {"itemIdentifier": "0"},
        {"itemIdentifier": "1"},
    ]


def test_a_store_that_is_slow_is_asked_again_by_the_queue(aws):
    reads_manifest(aws)
    aws.fails("put_item", "ThrottlingException")
    assert handle(READY) == [{"itemIdentifier": "0"}]
