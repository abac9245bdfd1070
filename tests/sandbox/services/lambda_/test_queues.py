"""Queues call functions in batches as AWS does, and dead letters can go back."""

import json
import time

import pytest

READING = {
    "Effect": "Allow",
    "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "s3:PutObject"],
    "Resource": "*",
}
SOURCE = """
import boto3, json, uuid

def handler(event, context):
    sizes = json.dumps({{"count": len(event["Records"]), "bytes": len(json.dumps(event))}})
    boto3.client("s3").put_object(Bucket="{bucket}", Key=str(uuid.uuid4()), Body=sizes)
"""


@pytest.fixture
def mapped(sandbox, function, queue, unique):
    """Map a queue to a function that notes its batches; gives (queue URL, wait for n messages)."""

    def run(**mapping):
        s3, bucket = sandbox.client("s3"), unique("batches")
        s3.create_bucket(Bucket=bucket)
        url, arn = queue()
        name = function(SOURCE.format(bucket=bucket), policy=[READING])
        sandbox.client("lambda").create_event_source_mapping(
            FunctionName=name, EventSourceArn=arn, **mapping
        )

        def noted(messages):
            until = time.monotonic() + 20
            while True:
                keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
                found = [json.load(s3.get_object(Bucket=bucket, Key=k)["Body"]) for k in keys]
                if sum(batch["count"] for batch in found) == messages:
                    return found
                assert time.monotonic() < until, found
                sandbox.pass_time()

        return url, noted

    return run


@pytest.fixture
def send(sandbox):
    """Send a message a number of times."""

    def run(url, body, times):
        sqs = sandbox.client("sqs")
        at_once = 10 if len(body) < 100_000 else 1  # a request holds one megabyte
        for start in range(0, times, at_once):
            count = min(at_once, times - start)
            entries = [{"Id": str(i), "MessageBody": body} for i in range(count)]
            sqs.send_message_batch(QueueUrl=url, Entries=entries)

    return run


def test_a_full_batch_does_not_wait_for_its_window(mapped, send):
    url, noted = mapped(BatchSize=40, MaximumBatchingWindowInSeconds=300)
    send(url, "x", 40)
    assert [batch["count"] for batch in noted(40)] == [40]


def test_messages_of_one_window_make_one_batch(mapped, send):
    url, noted = mapped(BatchSize=100, MaximumBatchingWindowInSeconds=2)
    send(url, "first", 1)
    time.sleep(0.5)
    send(url, "second", 12)
    assert [batch["count"] for batch in noted(13)] == [13]


def test_a_batch_is_no_larger_than_an_invocation_may_be(mapped, send):
    url, noted = mapped(BatchSize=100, MaximumBatchingWindowInSeconds=5)
    send(url, "x" * 900_000, 8)
    found = noted(8)
    assert len(found) == 2
    assert max(batch["bytes"] for batch in found) <= 6 * 1024 * 1024


@pytest.fixture
def dead_letters(sandbox, queue):
    """Make a queue with a dead-letter queue that holds one of its messages."""
    sqs = sandbox.client("sqs")
    dead_url, dead_arn = queue()
    redrive = {"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}
    url, arn = queue(RedrivePolicy=json.dumps(redrive), VisibilityTimeout="0")
    sqs.send_message(QueueUrl=url, MessageBody="lost")
    for _ in range(2):
        sqs.receive_message(QueueUrl=url)
    return {"url": url, "arn": arn, "dead_url": dead_url, "dead_arn": dead_arn}


def waiting(sandbox, url):
    attributes = sandbox.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def test_dead_letters_go_back_to_where_they_came_from(sandbox, dead_letters):
    sqs = sandbox.client("sqs")
    assert waiting(sandbox, dead_letters["dead_url"]) == 1
    assert sqs.start_message_move_task(SourceArn=dead_letters["dead_arn"])["TaskHandle"]
    [task] = sqs.list_message_move_tasks(SourceArn=dead_letters["dead_arn"])["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    assert waiting(sandbox, dead_letters["dead_url"]) == 0
    assert waiting(sandbox, dead_letters["url"]) == 1


def test_only_a_dead_letter_queue_can_be_redriven(sandbox, queue):
    client = sandbox.client("sqs")
    with pytest.raises(client.exceptions.ClientError, match="configured as a Dead Letter Queue"):
        client.start_message_move_task(SourceArn=queue()[1])


def test_a_redrive_needs_its_rights_on_both_queues(sandbox, unique, dead_letters):
    rights = {
        "sqs:StartMessageMoveTask": dead_letters["dead_arn"],
        "sqs:ReceiveMessage": dead_letters["dead_arn"],
        "sqs:DeleteMessage": dead_letters["dead_arn"],
        "sqs:GetQueueAttributes": dead_letters["dead_arn"],
        "sqs:SendMessage": dead_letters["arn"],
    }
    iam, user = sandbox.client("iam"), unique("user")
    iam.create_user(UserName=user)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
    }
    client = sandbox.client("sqs", credentials=keys)

    def allow(granted):
        statements = [{"Effect": "Allow", "Action": a, "Resource": r} for a, r in granted.items()]
        document = {"Version": "2012-10-17", "Statement": statements}
        iam.put_user_policy(UserName=user, PolicyName="rights", PolicyDocument=json.dumps(document))

    for missing in rights:
        allow({action: arn for action, arn in rights.items() if action != missing})
        with pytest.raises(client.exceptions.ClientError, match=missing):
            client.start_message_move_task(SourceArn=dead_letters["dead_arn"])
    allow(rights)
    client.start_message_move_task(SourceArn=dead_letters["dead_arn"])
