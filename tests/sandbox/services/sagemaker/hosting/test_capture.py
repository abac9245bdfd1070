"""What is asked and answered is kept: sampled, by the hour, in AWS's lines, as the role."""

import base64
import json
from datetime import UTC, datetime

import pytest

from sandbox.services.sagemaker.hosting import capture_records

AT = datetime(2026, 11, 30, 12, 34, 56, 789_000, UTC)
CONFIG = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://captured/below",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {
        "CsvContentTypes": ["text/csv"],
        "JsonContentTypes": ["application/json"],
    },
}


def spelled(config=CONFIG, request=("text/csv", b"1,2"), answer=("application/json", b'{"a":1}')):
    line = capture_records.line(config, request=request, answer=answer, event_id="e", at=AT)
    return json.loads(line)


def test_a_line_is_as_aws_writes_it():
    assert spelled() == {
        "captureData": {
            "endpointInput": {
                "observedContentType": "text/csv",
                "mode": "INPUT",
                "data": "1,2",
                "encoding": "CSV",
            },
            "endpointOutput": {
                "observedContentType": "application/json",
                "mode": "OUTPUT",
                "data": '{"a":1}',
                "encoding": "JSON",
            },
        },
        "eventMetadata": {"eventId": "e", "inferenceTime": "2026-11-30T12:34:56Z"},
        "eventVersion": "0",
    }
    place = capture_records.uri(CONFIG, "shop", "Only", AT, "name")
    assert place == "s3://captured/below/shop/Only/2026/11/30/12/34-56-789-name.jsonl"


@pytest.mark.parametrize(
    ("kind", "body"),
    [("image/png", b"\x89PNG"), ("text/csv", b"\xff\xfe")],
    ids=["another type", "no text"],
)
def test_what_is_not_told_to_be_text_is_kept_as_bytes(kind, body):
    told = spelled(request=(kind, body))["captureData"]["endpointInput"]
    assert (told["encoding"], base64.b64decode(told["data"])) == ("BASE64", body)


def test_only_what_is_wanted_is_kept():
    config = {**CONFIG, "CaptureOptions": [{"CaptureMode": "Output"}]}
    assert list(spelled(config)["captureData"]) == ["endpointOutput"]


def test_captures_lie_in_the_bucket_under_their_key(
    sandbox, make_model, make_config, make_endpoint, ask, make_bucket, key, eventually
):
    bucket, customers = make_bucket(), key()
    capture = {**CONFIG, "DestinationS3Uri": f"s3://{bucket}/below", "KmsKeyId": customers}
    config = make_config({"DataCaptureConfig": capture}, Only=make_model())
    name = make_endpoint(config)
    for number in range(3):
        ask(name, [number])
    s3 = sandbox.client("s3")

    def listed():
        sandbox.pass_time()
        return s3.list_objects_v2(Bucket=bucket, Prefix=f"below/{name}/Only/").get("Contents")

    found = eventually(listed)
    stored = [s3.get_object(Bucket=bucket, Key=each["Key"]) for each in found]
    assert {each["SSEKMSKeyId"] for each in stored} == {customers}
    lines = [json.loads(line) for each in stored for line in each["Body"].read().splitlines()]
    inputs = [line["captureData"]["endpointInput"]["data"] for line in lines]
    assert sorted(inputs) == ["[0]", "[1]", "[2]"]
    shown = sandbox.client("sagemaker").describe_endpoint(EndpointName=name)
    assert shown["DataCaptureConfig"]["CaptureStatus"] == "Started"


def test_nothing_is_kept_of_a_sample_of_none(
    sandbox, make_model, make_config, make_endpoint, ask, make_bucket
):
    bucket = make_bucket()
    capture = {**CONFIG, "DestinationS3Uri": f"s3://{bucket}/x", "InitialSamplingPercentage": 0}
    name = make_endpoint(make_config({"DataCaptureConfig": capture}, Only=make_model()))
    ask(name)
    for _ in range(3):
        sandbox.pass_time()
    assert sandbox.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0
