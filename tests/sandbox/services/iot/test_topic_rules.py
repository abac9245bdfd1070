"""Topic rules: done as their role, kept by their error action, refused where they would not be."""

import base64
import json

import pytest
from botocore.exceptions import ClientError

RIGHTS = {"kinesis:PutRecord", "sqs:SendMessage"}
SQL = "SELECT *, topic(2) AS of FROM 'shop/+/door' WHERE seconds > 5"


def statement(actions):
    allowed = [{"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}]
    return json.dumps({"Version": "2012-10-17", "Statement": allowed})


@pytest.fixture
def role(sandbox, unique):
    """Make a role that IoT may take; gives its ARN, and what gives it rights."""
    iam, name = sandbox.client("iam"), unique("role")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "iot.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]

    def give(actions):
        iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=statement(actions))

    give(RIGHTS)
    yield arn, give
    iam.delete_role_policy(RoleName=name, PolicyName="it")
    iam.delete_role(RoleName=name)


@pytest.fixture
def stream(sandbox, unique):
    kinesis, name = sandbox.client("kinesis"), unique("stream")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    yield name
    kinesis.delete_stream(StreamName=name)


@pytest.fixture
def queue(sandbox, unique):
    sqs = sandbox.client("sqs")
    url = sqs.create_queue(QueueName=unique("queue"))["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def rule(sandbox, unique, role, stream, queue):
    """Make a rule with an error action."""
    iot, name = sandbox.client("iot"), unique("rule").replace("-", "_")
    put = {"roleArn": role[0], "streamName": stream, "partitionKey": "${newuuid()}"}
    iot.create_topic_rule(
        ruleName=name,
        topicRulePayload={
            "sql": SQL,
            "actions": [{"kinesis": put}],
            "errorAction": {"sqs": {"roleArn": role[0], "queueUrl": queue, "useBase64": False}},
        },
    )
    yield name
    iot.delete_topic_rule(ruleName=name)


def say(sandbox, payload, topic="shop/harbour/door"):
    sandbox.client("iot-data").publish(topic=topic, qos=1, payload=json.dumps(payload))


def records(sandbox, stream):
    kinesis = sandbox.client("kinesis")
    (shard,) = kinesis.list_shards(StreamName=stream)["Shards"]
    start = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return [
        json.loads(each["Data"]) for each in kinesis.get_records(ShardIterator=start)["Records"]
    ]


def test_what_the_filter_and_the_condition_let_through_is_put(sandbox, rule, stream):
    say(sandbox, {"seconds": 6})
    say(sandbox, {"seconds": 5})
    say(sandbox, {"seconds": 7}, topic="shop/harbour/window")
    assert records(sandbox, stream) == [{"seconds": 6, "of": "harbour"}]


def test_a_right_that_is_missing_is_told_to_the_error_action_with_the_message(
    sandbox, rule, role, stream, queue
):
    role[1](RIGHTS - {"kinesis:PutRecord"})
    sandbox.forget_problems()
    say(sandbox, {"seconds": 8})
    assert records(sandbox, stream) == []
    (message,) = sandbox.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    told = json.loads(message["Body"])
    assert (told["ruleName"], told["topic"]) == (rule, "shop/harbour/door")
    assert json.loads(base64.b64decode(told["base64OriginalPayload"])) == {"seconds": 8}
    (failure,) = told["failures"]
    assert "kinesis:PutRecord" in failure["errorMessage"]
    assert rule in json.dumps(sandbox.problems())


def test_an_error_action_without_a_right_is_a_problem(sandbox, rule, role, queue):
    role[1]({"kms:Decrypt"})
    sandbox.forget_problems()
    say(sandbox, {"seconds": 9})
    assert "Messages" not in sandbox.client("sqs").receive_message(QueueUrl=queue)
    said = json.dumps(sandbox.problems())
    assert "kinesis:PutRecord" in said
    assert "sqs:SendMessage" in said


@pytest.mark.parametrize(
    ("sql", "action", "says"),
    [
        ("SELECT md5(name) AS n FROM 'a'", None, "md5()"),
        ("SELECT * FROM 'a'", {"s3": {"bucketName": "b", "key": "k", "roleArn": "r"}}, "action s3"),
        (
            "SELECT * FROM 'a'",
            {"kinesis": {"streamName": "s", "partitionKey": "${topic()}", "roleArn": "r"}},
            "${topic()}",
        ),
    ],
)
def test_what_is_not_carried_out_is_refused_by_its_name(sandbox, unique, sql, action, says):
    known = {"sqs": {"roleArn": "arn:aws:iam::000000000000:role/r", "queueUrl": "q"}}
    with pytest.raises(ClientError) as refused:
        sandbox.client("iot", retries={"max_attempts": 0}).create_topic_rule(
            ruleName="refused",
            topicRulePayload={"sql": sql, "actions": [action or known]},
        )
    assert says in str(refused.value)
