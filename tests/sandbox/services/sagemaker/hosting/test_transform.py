"""Batch transform: records in requests, filters and joins, answers in S3, and nothing left."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.services.sagemaker.hosting.transform import batches, record_filters

LINES = """
import json
def model_fn(model_dir):
    return None
def input_fn(data, content_type):
    return data if isinstance(data, str) else data.decode()
def predict_fn(text, model):
    lines = text.split("\\n")
    if "bad" in lines:
        raise ValueError("a bad line")
    return [f"{len(line)}" for line in lines]
def output_fn(answers, accept):
    return "\\n".join(answers), "text/csv"
"""


@given(
    found=st.lists(st.binary(max_size=20), max_size=30),
    most=st.integers(20, 60),
    together=st.booleans(),
)
def test_batches_hold_every_record_once_and_in_order(found, most, together):
    made = list(batches.batches(found, most, together=together))
    assert [record for batch in made for record in batch] == found
    assert all(sum(map(len, batch)) + len(batch) - 1 <= most for batch in made)
    if not together:
        assert all(len(batch) == 1 for batch in made)


def test_a_record_that_fits_into_no_payload_is_told():
    with pytest.raises(batches.TooLargeError, match="MaxPayloadInMB"):
        list(batches.batches([b"x" * 21], 20, together=True))


@pytest.mark.parametrize(
    ("expression", "record", "expected"),
    [
        ("$", {"a": 1}, {"a": 1}),
        ("$.a.b", {"a": {"b": 2}}, 2),
        ("$['a','c']", {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 3}),
        ("$[1:]", ["x", "y", "z"], ["y", "z"]),
        ("$[0,-1]", ["x", "y", "z"], ["x", "z"]),
        ("$.rows[0]", {"rows": [5, 6]}, 5),
    ],
    ids=["all", "names", "list of names", "slice", "numbers", "mixed"],
)
def test_a_filter_takes_what_it_names(expression, record, expected):
    assert record_filters.select(expression)(record) == expected


@pytest.mark.parametrize("expression", ["a", "$..a", "$[?(@.a>1)]", "$[*]", "$.a["])
def test_a_filter_that_is_not_taken_is_refused(expression):
    with pytest.raises(record_filters.FilterError):
        record_filters.select(expression)


def test_answers_are_joined_as_their_type_asks():
    assert record_filters.Form("text/csv").joined('1,"a,b"', "0.5") == '1,"a,b",0.5'
    form = record_filters.Form("application/jsonlines")
    assert json.loads(form.joined('{"a":1}', "0.5")) == {"a": 1, "SageMakerOutput": 0.5}
    assert json.loads(form.joined("[1]", "0.5")) == {"SageMakerInput": [1], "SageMakerOutput": 0.5}


@pytest.fixture
def transform(sandbox, contract, unique, make_bucket, make_model, container, model_data):
    """Run a job over files; gives how it ended, and what lies in its output."""
    s3, sagemaker = sandbox.client("s3"), contract("sagemaker")

    def run(files, *, kind="text/csv", output=None, source=None, key=None, **more):
        bucket, job = make_bucket(), unique("job")
        for name, body in files.items():
            s3.put_object(Bucket=bucket, Key=f"in/{name}", Body=body)
        sagemaker.create_transform_job(
            TransformJobName=job,
            ModelName=make_model(handlers=LINES),
            TransformInput={
                "DataSource": {
                    "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/in/"}
                },
                "ContentType": kind,
                "SplitType": "Line",
                **(source or {}),
            },
            TransformOutput={
                "S3OutputPath": f"s3://{bucket}/out",
                "Accept": "text/csv",
                "AssembleWith": "Line",
                **({"KmsKeyId": key} if key else {}),
                **(output or {}),
            },
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **more,
        )
        until = time.monotonic() + 60
        while (shown := sagemaker.describe_transform_job(TransformJobName=job))[
            "TransformJobStatus"
        ] == "InProgress":
            assert time.monotonic() < until
            time.sleep(0.1)
        found = s3.list_objects_v2(Bucket=bucket, Prefix="out/").get("Contents", ())
        return shown, {
            each["Key"].removeprefix("out/"): s3.get_object(Bucket=bucket, Key=each["Key"])
            for each in found
        }

    return run


@pytest.mark.parametrize("strategy", ["MultiRecord", "SingleRecord"])
def test_every_record_is_answered_in_its_place(transform, strategy, key):
    customers = key()
    files = {"a.csv": b"1\n22\n333\n", "below/b.csv": b"4444"}
    shown, found = transform(files, BatchStrategy=strategy, key=customers)
    assert shown["TransformJobStatus"] == "Completed"
    assert {name: each["Body"].read() for name, each in found.items()} == {
        "a.csv.out": b"1\n2\n3\n",
        "below/b.csv.out": b"4\n",
    }
    assert {each["SSEKMSKeyId"] for each in found.values()} == {customers}


def test_answers_are_joined_with_their_records(transform):
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
    shown, found = transform({"a.csv": b"x,22\ny,333\n"}, DataProcessing=processing)
    assert shown["TransformJobStatus"] == "Completed"
    assert found["a.csv.out"]["Body"].read() == b"x,2\ny,3\n"


def test_a_file_that_is_refused_fails_the_job_and_not_the_others(transform, sandbox):
    shown, found = transform({"a.csv": b"1\n", "b.csv": b"bad\n"})
    assert shown["TransformJobStatus"] == "Failed"
    assert "See job logs" in shown["FailureReason"]
    assert list(found) == ["a.csv.out"]
    said = sandbox.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/TransformJobs",
        logStreamNamePrefix=shown["TransformJobName"],
    )["events"]
    assert any("b.csv: 500: a bad line" in event["message"] for event in said)


REFUSED: dict[str, Any] = {
    "no such model": ({"ModelName": "none"}, "Could not find model"),
    "records of TensorFlow": ({"source": {"SplitType": "TFRecord"}}, "SplitType TFRecord"),
    "a filter of no type": (
        {"DataProcessing": {"InputFilter": "$[1:]"}, "kind": "image/png"},
        "cannot be filtered",
    ),
    "a join of whole files": (
        {"DataProcessing": {"JoinSource": "Input"}, "source": {"SplitType": "None"}},
        "SplitType and AssembleWith must be Line",
    ),
    "capture": (
        {"DataCaptureConfig": {"DestinationS3Uri": "s3://captured/x"}},
        "does not carry out DataCaptureConfig",
    ),
}


@pytest.mark.parametrize("changed", REFUSED)
def test_what_cannot_be_transformed_is_refused(contract, refused, make_model, unique, changed):
    parts, words = REFUSED[changed]
    parts = dict(parts)
    source = {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://none/in/"}},
        "ContentType": parts.pop("kind", "text/csv"),
        "SplitType": "Line",
        **parts.pop("source", {}),
    }
    call = {
        "TransformJobName": unique("job"),
        "ModelName": parts.pop("ModelName", None) or make_model(),
        "TransformInput": source,
        "TransformOutput": {"S3OutputPath": "s3://none/out", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **parts,
    }
    code, said = refused(contract("sagemaker").create_transform_job, **call)
    assert (code, words in said) == ("ValidationException", True), said
