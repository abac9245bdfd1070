"""A state machine may do what its role may do, and nothing because the emulator may."""

import json
import time
from typing import Any

import pytest

QUEUE_KEY = ("kms:GenerateDataKey", "kms:Decrypt")


@pytest.fixture
def states_role(role_for):
    """Make a role for Step Functions that may do exactly what is said."""
    return lambda *statements: role_for("states.amazonaws.com", *statements)


@pytest.fixture
def run(sandbox, name, states_role):
    """Run one state as a role with these rights; gives the execution as described."""

    def execute(state: dict[str, Any], *statements: Any, resolve: Any = None) -> Any:
        states, machine = sandbox.client("stepfunctions"), name("machine")
        definition = {"StartAt": "It", "States": {"It": {**state, "End": True}}}
        arn = states.create_state_machine(
            name=machine, definition=json.dumps(definition), roleArn=states_role(*statements)
        )["stateMachineArn"]
        started = states.start_execution(stateMachineArn=arn)["executionArn"]
        until = time.monotonic() + 20
        while (found := states.describe_execution(executionArn=started))["status"] == "RUNNING":
            assert time.monotonic() < until
            time.sleep(0.05)
        return found

    return execute


@pytest.fixture
def task(arn):
    """Spell a task state."""

    def spell(resource: str, **parameters: Any) -> dict[str, Any]:
        where = f"{arn('states', 'x').split(':states:')[0]}:states:::{resource}"
        return {"Type": "Task", "Resource": where, "Parameters": parameters}

    return spell


# What a distributed map takes besides to start its children, on which of the machine's executions.
FOLLOWING = {
    "execution:machine-????????????:*": ("states:DescribeExecution", "states:StopExecution"),
    "execution:machine-*/*:*": (
        *("states:DescribeExecution", "states:StopExecution"),
        "states:RedriveExecution",
    ),
}


def failed(found: Any, error: str, *said: str) -> None:
    assert (found["status"], found.get("error")) == ("FAILED", error), found.get("cause")
    for words in said:
        assert words in found["cause"]


@pytest.fixture
def function_arn(sandbox, function):
    name = function("def handler(event, context): return {'got': event}")
    return sandbox.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]


@pytest.mark.parametrize("form", ["lambda:invoke", "arn"])
def test_invoking_a_function_needs_the_right_to_it(
    sandbox, run, task, statement, function_arn, form
):
    state = task("lambda:invoke", FunctionName=function_arn, Payload={})
    if form == "arn":
        state = {"Type": "Task", "Resource": function_arn}
    found = run(state)
    failed(found, "Lambda.AWSLambdaException", "lambda:InvokeFunction on resource: " + function_arn)
    machine = found["stateMachineArn"].rpartition(":")[2]
    [problem] = [p for p in sandbox.problems() if machine in p["message"]]
    assert problem["kind"] == "state machine"
    elsewhere = statement("lambda:InvokeFunction", on=f"{function_arn}-other")
    failed(run(state, elsewhere), "Lambda.AWSLambdaException")
    allowed = run(state, statement("lambda:InvokeFunction", on=function_arn))
    assert allowed["status"] == "SUCCEEDED"


def test_a_denied_callback_fails_the_task_instead_of_waiting(run, task, function_arn):
    state = task("lambda:invoke.waitForTaskToken", FunctionName=function_arn, Payload={"a": "b"})
    failed(run({**state, "TimeoutSeconds": 5}), "Lambda.AWSLambdaException")


@pytest.fixture
def table(sandbox, name):
    made = name("table")
    sandbox.client("dynamodb").create_table(
        TableName=made,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return made


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("aws-sdk:dynamodb:putItem", "DynamoDb.DynamoDbException"),
        ("dynamodb:putItem", "DynamoDB.AmazonDynamoDBException"),
    ],
)
def test_a_table_is_written_by_the_role(sandbox, run, task, arn, statement, table, form, error):
    state = task(form, TableName=table, Item={"id": {"S": "a"}})
    own = arn("dynamodb", f"table/{table}")
    failed(run(state, statement("dynamodb:GetItem", on=own)), error, "dynamodb:PutItem")
    failed(run(state, statement("dynamodb:PutItem", on=f"{own}-other")), error)
    assert run(state, statement("dynamodb:PutItem", on=own))["status"] == "SUCCEEDED"
    read = sandbox.client("dynamodb").get_item(TableName=table, Key={"id": {"S": "a"}})
    assert "Item" in read


def test_a_copy_of_a_version_needs_the_version_the_target_and_both_keys(
    sandbox, run, task, arn, make_bucket, key, statement
):
    s3, keys = sandbox.client("s3"), (key(), key())
    source, target = make_bucket(keys[0], versioned=True), make_bucket(keys[1])
    version = s3.put_object(Bucket=source, Key="a b+c.wav", Body=b"x")["VersionId"]
    state = task(
        "aws-sdk:s3:copyObject",
        Bucket=target,
        Key="work/media",
        CopySource=f"{source}/a%20b%2Bc.wav?versionId={version}",
        TaggingDirective="REPLACE",
    )
    rights = {
        "s3:PutObject": arn("s3", f"{target}/work/*"),
        "s3:GetObjectVersion": arn("s3", f"{source}/*"),
        "kms:Decrypt": keys[0],
        "kms:GenerateDataKey": keys[1],
    }
    for missing in rights:
        rest = [statement(action, on=on) for action, on in rights.items() if action != missing]
        failed(run(state, *rest), "S3.S3Exception", f"not authorized to perform: {missing}")
    assert run(state, *(statement(a, on=on) for a, on in rights.items()))["status"] == "SUCCEEDED"
    assert s3.get_object(Bucket=target, Key="work/media")["Body"].read() == b"x"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("sqs:sendMessage", "SQS.AmazonSQSException"),
        ("aws-sdk:sqs:sendMessage", "Sqs.SqsException"),
    ],
)
def test_sending_to_an_encrypted_queue_needs_its_key(run, task, queue, key, statement, form, error):
    secret = key()
    url, own = queue(KmsMasterKeyId=secret)
    state = task(form, QueueUrl=url, MessageBody="x")
    send = statement("sqs:SendMessage", on=own)
    failed(run(state, statement(*QUEUE_KEY, on=secret)), error, "sqs:SendMessage")
    failed(run(state, send), error, "kms:GenerateDataKey")
    assert run(state, send, statement(*QUEUE_KEY, on=secret))["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("sns:publish", "SNS.AuthorizationErrorException"),
        ("aws-sdk:sns:publish", "Sns.AuthorizationErrorException"),
    ],
)
def test_a_topic_is_published_to_by_the_role(sandbox, run, task, name, statement, form, error):
    topic = sandbox.client("sns").create_topic(Name=name("topic"))["TopicArn"]
    state = task(form, TopicArn=topic, Message="x")
    failed(run(state), error, "sns:Publish")
    assert run(state, statement("sns:Publish", on=topic))["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("form", "field", "error"),
    [
        ("states:startExecution", "StateMachineArn", "StepFunctions.AWSStepFunctionsException"),
        ("aws-sdk:sfn:startExecution", "StateMachineArn", "Sfn.SfnException"),
    ],
)
def test_another_machine_is_started_by_the_role_and_runs_as_its_own(
    sandbox, run, task, name, states_role, statement, form, field, error
):
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    other = sandbox.client("stepfunctions").create_state_machine(
        name=name("other"), definition=json.dumps(definition), roleArn=states_role()
    )["stateMachineArn"]
    state = task(form, **{field: other, "Input": "{}"})
    failed(run(state), error, "states:StartExecution on resource: " + other)
    assert run(state, statement("states:StartExecution", on=other))["status"] == "SUCCEEDED"


def test_an_event_is_put_by_the_role(run, task, arn, statement):
    entry = {"Source": "shop", "DetailType": "it", "Detail": {}}
    state = task("aws-sdk:eventbridge:putEvents", Entries=[{**entry, "Detail": "{}"}])
    failed(run(state), "EventBridge.EventBridgeException", "events:PutEvents")
    bus = arn("events", "event-bus/default")
    assert run(state, statement("events:PutEvents", on=bus))["status"] == "SUCCEEDED"


def test_an_event_that_the_bus_does_not_take_fails_the_optimized_call_alone(run, task, statement):
    entry = {"Source": "aws.shop", "DetailType": "it", "Detail": "{}"}  # which is AWS's to use
    may = statement("events:PutEvents", on="*")
    state = task("events:putEvents", Entries=[entry])
    failed(run(state, may), "EventBridge.FailedEntry", "NotAuthorizedForSourceException")
    state = task("aws-sdk:eventbridge:putEvents", Entries=[entry])
    assert run(state, may)["status"] == "SUCCEEDED"


def test_a_service_that_the_sandbox_adds_is_called_by_the_role(run, task, statement):
    state = task(
        "aws-sdk:rekognition:detectFaces", Image={"S3Object": {"Bucket": "gone", "Name": "it"}}
    )
    failed(run(state), "Rekognition.AccessDeniedException", "rekognition:DetectFaces")
    may = statement("rekognition:DetectFaces")
    failed(run(state, may), "Rekognition.InvalidS3ObjectException")


def distributed(reader: dict[str, Any] | None = None) -> dict[str, Any]:
    child = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    state: dict[str, Any] = {"Type": "Map", "ItemProcessor": {**child, "ProcessorConfig": config}}
    return state | ({"ItemReader": reader} if reader else {})


@pytest.fixture
def reader(task):
    """Spell an item reader of lines of JSON."""

    def spell(bucket: str) -> dict[str, Any]:
        whole = task("s3:getObject", Bucket=bucket, Key="items.jsonl")
        read = {name: value for name, value in whole.items() if name != "Type"}
        return {**read, "ReaderConfig": {"InputType": "JSONL"}}

    return spell


def test_a_distributed_map_starts_its_own_machine_and_reads_its_items(
    sandbox, run, reader, arn, make_bucket, key, statement
):
    secret = key()
    name = make_bucket(secret)
    sandbox.client("s3").put_object(Bucket=name, Key="items.jsonl", Body=b'{"n":0}\n{"n":1}\n')
    state = distributed(reader(name))
    start = statement("states:StartExecution", on=arn("states", "stateMachine:machine-*"))
    read = statement("s3:GetObject", on=arn("s3", f"{name}/*"))
    opened = statement("kms:Decrypt", on=secret)
    failed(
        run(state, read, opened),
        "States.TaskFailed",
        "states:StartExecution",
    )
    rights = [start, *(statement(*each, on=arn("states", on)) for on, each in FOLLOWING.items())]
    for on, actions in FOLLOWING.items():
        for missing in actions:
            rest = [other for other in actions if other != missing] or ["sts:GetCallerIdentity"]
            kept = [
                statement(*(rest if place == on else each), on=arn("states", place))
                for place, each in FOLLOWING.items()
            ]
            failed(run(state, start, read, opened, *kept), "States.TaskFailed", missing)
    failed(run(state, *rights, opened), "States.ItemReaderFailed", "s3:GetObject")
    failed(run(state, *rights, read), "States.ItemReaderFailed")
    assert json.loads(run(state, *rights, read, opened)["output"]) == [{"n": 0}, {"n": 1}]


def test_waiting_for_another_machine_needs_to_look_at_it_too(
    sandbox, run, task, name, states_role, statement
):
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    other = sandbox.client("stepfunctions").create_state_machine(
        name=name("other"), definition=json.dumps(definition), roleArn=states_role()
    )["stateMachineArn"]
    state = task("states:startExecution.sync:2", StateMachineArn=other, Input={})
    start = statement("states:StartExecution", on=other)
    look = statement(
        "states:DescribeExecution", on=other.replace(":stateMachine:", ":execution:") + ":*"
    )
    error = "StepFunctions.AWSStepFunctionsException"
    failed(run(state, look), error, "states:StartExecution")
    failed(run(state, start), error, "states:DescribeExecution")
    assert run(state, start, look)["status"] == "SUCCEEDED"
