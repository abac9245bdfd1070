"""Records that are put: when they are delivered, where to, and what they are by then."""

import base64
import json
import re
import time

import pytest

SORTING = """
import base64, json
def handler(event, context):
    answers = []
    for record in event["records"]:
        text = base64.b64decode(record["data"]).decode()
        kind, _, rest = text.partition(":")
        if kind == "crash":
            raise RuntimeError("no")
        if kind == "lost":
            continue
        result = {"drop": "Dropped", "bad": "ProcessingFailed"}.get(kind, "Ok")
        data = base64.b64encode(rest.encode()).decode()
        keys = {} if kind == "nowhere" else {"kind": kind}
        answers.append({
            "recordId": record["recordId"], "result": result, "data": data,
            "metadata": {"partitionKeys": keys},
        })
    return {"records": answers}
"""
PARTED = {
    "Prefix": "!{partitionKeyFromLambda:kind}/!{timestamp:yyyy}/",
    "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
    "DynamicPartitioningConfiguration": {"Enabled": True},
    "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60},
    "CompressionFormat": "GZIP",
    "FileExtension": ".jsonl.gz",
}


@pytest.fixture
def sorting(sandbox, function):
    """Make the function that sorts records by what stands before their colon."""
    name = function(SORTING)
    found = sandbox.client("lambda").get_function(FunctionName=name)
    return found["Configuration"]["FunctionArn"]


def numbers(sandbox, stream, name, statistic="Sum"):
    clock = time.time() + 86_400  # skipped time included
    found = sandbox.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Firehose",
        MetricName=name,
        Dimensions=[{"Name": "DeliveryStreamName", "Value": stream}],
        StartTime=clock - 2 * 86_400,
        EndTime=clock + 86_400,
        Period=86_400 * 4,
        Statistics=[statistic],
    )
    return sum(point[statistic] for point in found["Datapoints"])


def test_records_wait_for_the_interval_and_are_delivered_together(
    sandbox, stream, put, delivered, passing
):
    name = stream()
    reply = put(name, b"a", b"b\n")
    assert (reply["FailedPutCount"], reply["Encrypted"]) == (0, False)
    assert len({answer["RecordId"] for answer in reply["RequestResponses"]}) == 2
    time.sleep(0.3)
    assert delivered() == {}
    ((key, body),) = passing(delivered).items()
    assert body == b"ab\n"
    assert re.fullmatch(rf"\d{{4}}/\d\d/\d\d/\d\d/{name}-1(-\d+){{6}}-[0-9a-f-]{{36}}", key)
    assert numbers(sandbox, name, "IncomingRecords") == 2
    assert numbers(sandbox, name, "IncomingBytes") == 3
    assert numbers(sandbox, name, "DeliveryToS3.Records") == 2
    assert numbers(sandbox, name, "DeliveryToS3.Success", "Average") == 1
    assert numbers(sandbox, name, "DeliveryToS3.DataFreshness", "Maximum") >= 60


def test_a_buffer_that_is_full_does_not_wait(stream, put, delivered, eventually):
    name = stream()
    put(name, *[b"x" * 400_000] * 3)
    (body,) = eventually(delivered).values()
    assert body == b"x" * 1_200_000


def test_a_function_sorts_records_and_what_fails_is_told(
    sandbox, stream, put, delivered, passing, transform, sorting
):
    name = stream(**PARTED, ProcessingConfiguration=transform(sorting))
    put(name, b"a:1", b"b:2", b"a:3", b"drop:4", b"bad:5", b"lost:6", b"nowhere:7")
    found = passing(lambda: len(delivered()) == 3 and delivered())
    errors = next(key for key in found if key.startswith("errors/processing-failed/"))
    by_kind = {key.partition("/")[0]: body for key, body in found.items() if key != errors}
    assert by_kind == {"a": b"1\n3\n", "b": b"2\n"}
    assert all(key.endswith(".jsonl.gz") for key in found if key != errors)
    told = [json.loads(line) for line in found[errors].splitlines()]
    assert {base64.b64decode(each["rawData"]).decode(): each["errorCode"] for each in told} == {
        "bad:5": "Lambda.ProcessingFailedStatus",
        "lost:6": "Lambda.MissingRecordId",
        "7": "DynamicPartitioning.PartitionKeyMissing",
    }
    assert {each["attemptsMade"] for each in told} == {1}
    assert all(each["lambdaArn"] == sorting for each in told if "lambdaArn" in each)
    assert all(each["attemptEndingTimestamp"] >= each["arrivalTimestamp"] for each in told)
    assert numbers(sandbox, name, "SucceedProcessing.Records") == 5


def test_a_function_that_fails_is_called_again_and_then_its_records_are_errors(
    sandbox, stream, put, delivered, passing, transform, sorting
):
    name = stream(**PARTED, ProcessingConfiguration=transform(sorting, NumberOfRetries="2"))
    put(name, b"crash:1", b"a:2")
    ((key, body),) = passing(delivered).items()
    assert key.startswith("errors/processing-failed/")
    told = [json.loads(line) for line in body.splitlines()]
    assert [base64.b64decode(each["rawData"]) for each in told] == [b"crash:1", b"a:2"]
    assert {(each["errorCode"], each["attemptsMade"]) for each in told} == {
        ("Lambda.FunctionError", 3)
    }
    assert numbers(sandbox, name, "ExecuteProcessing.Success", "Average") == 0


def test_what_s3_refuses_in_passing_is_delivered_later_and_once(
    sandbox, stream, put, delivered, passing, faults
):
    name = stream()
    faults([{"action": "s3:PutObject", "code": "SlowDown", "status": 503, "times": 2}])
    put(name, b"kept")
    assert list(passing(delivered).values()) == [b"kept"]
    assert numbers(sandbox, name, "DeliveryToS3.Success") == 1
    assert 0 < numbers(sandbox, name, "DeliveryToS3.Success", "Average") < 1


def test_a_changed_destination_leaves_what_waits_where_it_was_to_go(
    deploy, resources, destination, put, delivered, passing
):
    kind, first = "AWS::KinesisFirehose::DeliveryStream", destination(Prefix="first/")
    second = {**first, "Prefix": "second/"}
    stack = deploy(It=(kind, {"ExtendedS3DestinationConfiguration": first}))
    put(stack.id(), b"1")
    stack.update(resources(It=(kind, {"ExtendedS3DestinationConfiguration": second})))
    put(stack.id(), b"2")
    found = passing(lambda: len(delivered()) == 2 and delivered())
    assert {key.partition("/")[0]: body for key, body in found.items()} == {
        "first": b"1",
        "second": b"2",
    }


def test_more_partitions_than_a_stream_may_have_open_are_errors(
    sandbox, stream, put, delivered, passing, transform, sorting
):
    name = stream(**PARTED, ProcessingConfiguration=transform(sorting))
    put(name, *[b"p%d:x" % number for number in range(500)])
    put(name, b"p0:y", b"one too many:z")
    found = passing(lambda: len(delivered()) == 501 and delivered())
    (error,) = (body for key, body in found.items() if key.startswith("errors/"))
    told = json.loads(error)
    assert told["errorCode"] == "DynamicPartitioning.ActivePartitionsExceeded"
    assert base64.b64decode(told["rawData"]) == b"z"
    assert sorted(body for key, body in found.items() if key.startswith("p0/")) == [b"x\ny\n"]
    assert numbers(sandbox, name, "PartitionCountExceeded") == 1
