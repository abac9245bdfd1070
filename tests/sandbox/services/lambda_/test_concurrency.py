"""An account grants so many functions at once: callers are told, what Lambda invokes waits."""

import json
import time

import pytest
from botocore.exceptions import ClientError

BUSY = """
import boto3, time

def handler(event, context):
    s3 = boto3.client("s3")
    s3.put_object(Bucket="{bucket}", Key="begun", Body=b"")
    while "Contents" not in s3.list_objects_v2(Bucket="{bucket}", Prefix="end"):
        time.sleep(0.05)
"""
NOTING = """
import boto3, json

def handler(event, context):
    records = event.get("Records") or [event]
    for record in records:
        boto3.client("s3").put_object(
            Bucket="{bucket}", Key="noted/" + record["body"], Body=json.dumps(record)
        )
"""
ACCESS = {
    "Effect": "Allow",
    "Action": ["s3:*", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    "Resource": "*",
}


@pytest.fixture
def grant(sandbox):
    """Grant the account a number of functions at once, for one test; gives the function."""
    yield lambda number: sandbox.grant(concurrent_functions=number)
    sandbox.grant()


@pytest.fixture
def bucket(sandbox, unique):
    name = unique("noted")
    sandbox.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def busy(sandbox, function, bucket, eventually):
    """Have a function at work until it is told to end; gives (its name, how to end it)."""
    s3 = sandbox.client("s3")
    name = function(BUSY.format(bucket=bucket), policy=[ACCESS], timeout=60)
    sandbox.client("lambda").invoke(FunctionName=name, InvocationType="Event")
    eventually(lambda: "Contents" in s3.list_objects_v2(Bucket=bucket, Prefix="begun"))

    def end():
        s3.put_object(Bucket=bucket, Key="end", Body=b"")

    yield name, end
    end()


def refused(sandbox, name):
    with pytest.raises(ClientError) as error:
        sandbox.client("lambda", retries={"total_max_attempts": 1}).invoke(FunctionName=name)
    return error.value.response


def test_a_caller_is_told_that_there_is_no_room(sandbox, function, grant, busy):
    grant(1)
    response = refused(sandbox, function("def handler(event, context): pass\n"))
    assert response["Error"]["Code"] == "TooManyRequestsException"
    assert response["Reason"] == "ConcurrentInvocationLimitExceeded"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_batches_and_events_wait_for_room_without_another_delivery(
    sandbox, function, queue, grant, busy, bucket, eventually
):
    s3, lambda_ = sandbox.client("s3"), sandbox.client("lambda")
    name = function(NOTING.format(bucket=bucket), policy=[ACCESS])
    url, arn = queue(VisibilityTimeout="60")
    grant(1)
    lambda_.create_event_source_mapping(FunctionName=name, EventSourceArn=arn)
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="message")
    lambda_.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"body": "event"}')
    time.sleep(0.5)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="noted")
    busy[1]()

    def noted():
        found = s3.list_objects_v2(Bucket=bucket, Prefix="noted").get("Contents", [])
        return found if len(found) == 2 else None

    eventually(noted)
    record = json.load(s3.get_object(Bucket=bucket, Key="noted/message")["Body"])
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_a_batch_comes_again_when_there_was_no_room_until_it_was_visible(
    sandbox, function, queue, grant, busy, bucket, eventually
):
    s3 = sandbox.client("s3")
    name = function(NOTING.format(bucket=bucket), policy=[ACCESS], timeout=1)
    url, arn = queue(VisibilityTimeout="2")
    grant(1)
    sandbox.client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=arn)
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="message")
    time.sleep(2.5)
    busy[1]()
    eventually(lambda: "Contents" in s3.list_objects_v2(Bucket=bucket, Prefix="noted"))
    record = json.load(s3.get_object(Bucket=bucket, Key="noted/message")["Body"])
    assert int(record["attributes"]["ApproximateReceiveCount"]) > 1


def test_what_is_reserved_is_taken_from_all_others_and_kept_for_one(sandbox, function, grant, busy):
    lambda_ = sandbox.client("lambda")
    other, own = (function("def handler(event, context): pass\n") for _ in range(2))
    grant(101)
    lambda_.put_function_concurrency(FunctionName=own, ReservedConcurrentExecutions=1)
    limits = lambda_.get_account_settings()["AccountLimit"]
    assert limits["ConcurrentExecutions"] == 101
    assert limits["UnreservedConcurrentExecutions"] == 100
    grant(2)  # one for all others, who have one at work
    assert refused(sandbox, other)["Reason"] == "ConcurrentInvocationLimitExceeded"
    assert lambda_.invoke(FunctionName=own)["StatusCode"] == 200


@pytest.mark.parametrize(("granted", "least"), [(10, 10), (50, 50), (1000, 100)])
def test_no_reservation_leaves_too_little_for_all_others(sandbox, function, grant, granted, least):
    name = function("def handler(event, context): pass\n")
    grant(granted)
    with pytest.raises(ClientError) as error:
        sandbox.client("lambda").put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=granted - least + 1
        )
    assert error.value.response["Error"]["Message"] == (
        "Specified ReservedConcurrentExecutions for function decreases account's "
        f"UnreservedConcurrentExecution below its minimum value of [{least}]."
    )
    sandbox.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=granted - least
    )
