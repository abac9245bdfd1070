"""Calls that services make by themselves are struck, too: of KMS, of logs, of a queue's poller."""

import time

import pytest

ECHO = "def handler(event, context):\n    print('here')\n    return event"


def test_the_key_behind_an_object_may_fail(sandbox, key, make_bucket, faults, refused):
    s3, bucket = sandbox.client("s3", retries={"max_attempts": 0}), make_bucket(key())
    faults([{"action": "kms:GenerateDataKey", "code": "ThrottlingException", "times": 1}])
    put = {"Bucket": bucket, "Key": "k", "Body": b"x"}
    assert refused(s3.put_object, **put)[0] == "KMS.ThrottlingException"
    s3.put_object(**put)
    faults([{"action": "kms:Decrypt", "code": "ThrottlingException", "times": 1}])
    assert refused(s3.get_object, Bucket=bucket, Key="k")[0] == "KMS.ThrottlingException"


def test_the_key_behind_a_table_may_fail(sandbox, key, unique, faults, refused):
    table, client = unique("table"), sandbox.client("dynamodb", retries={"max_attempts": 0})
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key()},
    )
    faults([{"action": "kms:Decrypt", "code": "ThrottlingException", "times": 1}])
    item = {"TableName": table, "Key": {"id": {"S": "1"}}}
    assert refused(client.get_item, **item)[0] == "ThrottlingException"
    client.get_item(**item)


@pytest.fixture
def polled(sandbox, queue, function, statement):
    """Feed a function from a queue whose messages come again after four seconds."""
    url, arn = queue(VisibilityTimeout="4")
    rights = statement("sqs:*", "logs:*")
    name = function(ECHO, policy=[rights], timeout=1)
    sandbox.client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=arn)
    return url, name


def invocations(sandbox, name):
    logs = sandbox.client("logs")
    try:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return 0
    return sum("here" in event["message"] for event in found)


@pytest.mark.parametrize(("action", "times"), [("sqs:ReceiveMessage", 1), ("sqs:DeleteMessage", 2)])
def test_the_calls_of_a_queues_poller_may_fail(sandbox, polled, faults, eventually, action, times):
    url, name = polled
    faults([{"action": action, "code": "InternalError", "times": 1}])
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    # A message that was not deleted comes again.
    assert eventually(lambda: invocations(sandbox, name) >= times)
    attributes = {"QueueUrl": url, "AttributeNames": ["All"]}

    def is_empty():
        found = sandbox.client("sqs").get_queue_attributes(**attributes)["Attributes"]
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return all(found[name] == "0" for name in names)

    assert eventually(is_empty)
    assert invocations(sandbox, name) == times
    assert [rule["hits"] for rule in faults()] == [1]


def test_log_lines_may_be_lost_and_that_is_a_problem(sandbox, function, invoke, statement, faults):
    name = function(ECHO, policy=[statement("logs:*")])
    faults([{"action": "logs:PutLogEvents", "code": "ServiceUnavailableException", "times": 1}])
    assert invoke(name, {"a": 1}) == ({"a": 1}, None)
    time.sleep(0.2)
    assert invocations(sandbox, name) == 0
    assert any(name in p["message"] and "injected" in p["message"] for p in sandbox.problems())
