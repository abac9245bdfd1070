"""The function that reads an experiment, before services that answer as a test says."""

import io
import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.response import StreamingBody

from model_hosting import read_experiment
from testing.stubs import Kept, Stubs, clients_of

SINCE = "2026-11-30T10:00:30.500Z"
ENVIRONMENT = {
    "ENDPOINT_NAME": "hosting",
    "TURNS_TABLE": "turns",
    "CAPTURES_BUCKET": "captures",
    "EFFECT": "0.02",
    "ERROR_RATE": "0.05",
    "POWERTOOLS_METRICS_NAMESPACE": "MlReferenceArchitectures",
    "POWERTOOLS_SERVICE_NAME": "ModelHosting",
}
CONTEXT = SimpleNamespace(
    function_name="ReadExperiment",
    memory_limit_in_mb=512,
    invoked_function_arn="function-arn",
    aws_request_id="request-1",
)


@pytest.fixture(scope="module")
def clients():
    return clients_of("cloudwatch", "dynamodb", "s3")


@pytest.fixture
def stubs(clients, monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(read_experiment, "client", clients.__getitem__)
    monkeypatch.setattr(time, "time", lambda: datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp())
    read_experiment.settings.cache_clear()
    made = Stubs(clients)
    with made.active():
        yield made
    read_experiment.settings.cache_clear()


def has_experiment(stubs, **item):
    stubs.answers(
        "get_item",
        {"Item": {name: {"S": value} for name, value in item.items()}},
        {"TableName": "turns", "Key": {"entry": {"S": "hosting"}}, "ConsistentRead": True},
    )


def has_files(stubs, prefix, *lines):
    stubs.answers(
        "list_objects_v2",
        {"Contents": [{"Key": f"{prefix}2026/11/30/10/a.jsonl"}] if lines else []},
        {"Bucket": "captures", "Prefix": prefix, "StartAfter": f"{prefix}2026/11/30/10"},
    )
    if lines:
        body = "\n".join(lines).encode()
        stubs.answers("get_object", {"Body": StreamingBody(io.BytesIO(body), len(body))})


def has_measured(stubs, asked, failed):
    told = Kept()
    results = [
        {"Id": f"{variant}_{name}", "Values": [float(value)]}
        for name, values in (("asked", asked), ("failed", failed))
        for variant, value in zip(("champion", "challenger"), values, strict=True)
    ]
    stubs.answers(
        "get_metric_data",
        {"MetricDataResults": results},
        {"MetricDataQueries": told, "StartTime": told, "EndTime": told},
    )


def test_an_experiment_is_read_from_metrics_captures_and_truths(stubs, metrics):
    has_experiment(stubs, challenger="package", experiment_since=SINCE, config="hosting-v1-v2-0a")
    truths = [
        json.dumps({"groundTruthData": {"data": "1"}, "eventMetadata": {"eventId": f"{n}"}})
        for n in range(4)
    ]
    has_files(stubs, "truths/", *truths, "no truth")
    for variant, score in (("Champion", 0.9), ("Challenger", 0.2)):
        lines = [
            json.dumps({
                "captureData": {"endpointOutput": {"data": f"[{score}]"}},
                "eventMetadata": {"eventId": f"{n}", "inferenceTime": "2026-11-30T11:00:00Z"},
            })
            for n in ((0, 1) if variant == "Champion" else (2, 3))
        ]  # fmt: skip
        has_files(stubs, f"captured/hosting/{variant}/", *lines)
    has_measured(stubs, asked=(5_000, 5_000), failed=(10, 400))
    told = read_experiment.handler({}, CONTEXT)
    assert (told["verdict"], told["unread"], told["since"]) == ("worse", 1, SINCE)
    failed, right = told["measures"]
    assert failed["challenger"] == {"requests": 5_000, "rate": 0.08}
    assert (right["champion"], right["challenger"]) == (
        {"requests": 2, "rate": 1.0},
        {"requests": 2, "rate": 0.0},
    )
    assert metrics(service="ModelHosting", reader="experiment")["UnreadRecords"] == [1]


def test_without_truths_nothing_captured_is_read(stubs):
    has_experiment(stubs, challenger="package", experiment_since=SINCE, config="c")
    has_files(stubs, "truths/")
    has_measured(stubs, asked=(0, 0), failed=(0, 0))
    assert read_experiment.handler({}, CONTEXT)["verdict"] == "go on"


def test_where_there_is_no_experiment_that_is_said(stubs):
    has_experiment(stubs, package="p")
    with pytest.raises(read_experiment.NoExperimentError, match="begin with"):
        read_experiment.handler({}, CONTEXT)
