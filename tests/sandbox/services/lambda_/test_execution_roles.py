"""A function's role is checked where Lambda checks it, and reported where Lambda is silent."""

import pytest

READING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
TRACING = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
LOGGING = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


@pytest.mark.parametrize("missing", READING)
def test_a_mapping_needs_every_right_to_read_the_queue(
    sandbox, function, queue, statement, refused, missing
):
    rights = statement(*(action for action in READING if action != missing))
    function_name = function("def handler(event, context): pass", policy=[rights])
    code, message = refused(
        sandbox.client("lambda").create_event_source_mapping,
        FunctionName=function_name,
        EventSourceArn=queue()[1],
    )
    assert code == "InvalidParameterValueException"
    assert message == (
        "The provided execution role does not have permissions to call "
        f"{missing.partition(':')[2]} on SQS"
    )


def test_a_large_batch_needs_a_window(sandbox, function, queue, statement, refused):
    function_name = function("def handler(event, context): pass", policy=[statement(*READING)])
    mapping = {"FunctionName": function_name, "EventSourceArn": queue()[1], "BatchSize": 50}
    _, message = refused(sandbox.client("lambda").create_event_source_mapping, **mapping)
    assert "Maximum batch window in seconds must be greater than 0" in message


def test_a_queue_must_hide_messages_as_long_as_the_function_runs(
    sandbox, function, queue, statement, refused
):
    function_name = function(
        "def handler(event, context): pass", policy=[statement(*READING)], timeout=60
    )
    mapping = {"FunctionName": function_name, "EventSourceArn": queue()[1]}
    _, message = refused(sandbox.client("lambda").create_event_source_mapping, **mapping)
    assert (
        message == "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds"
    )


def test_a_poll_without_the_key_is_a_problem_that_shows(
    sandbox, function, key, queue, statement, eventually
):
    url, arn = queue(KmsMasterKeyId=key())
    function_name = function("def handler(event, context): pass", policy=[statement(*READING)])
    lambda_ = sandbox.client("lambda")
    made = lambda_.create_event_source_mapping(FunctionName=function_name, EventSourceArn=arn)
    sandbox.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    read = lambda_.get_event_source_mapping

    def failing():
        result = read(UUID=made["UUID"])["LastProcessingResult"]
        return result if result.startswith("PROBLEM") else None

    result = eventually(failing)
    assert f"{function_name} is not authorized to perform: kms:Decrypt" in result
    assert [
        p for p in sandbox.problems() if p["kind"] == "polling" and function_name in p["message"]
    ]


@pytest.mark.parametrize("missing", LOGGING)
def test_lines_that_cannot_be_written_are_lost_and_reported(
    sandbox, function, invoke, statement, missing
):
    rights = statement(*(action for action in LOGGING if action != missing))
    function_name = function("def handler(event, context): print('hi')", policy=[rights])
    invoke(function_name)
    [problem] = [p for p in sandbox.problems() if function_name in p["message"]]
    assert problem["kind"] == "logs"
    assert f"not authorized to perform: {missing} on resource" in problem["message"]
    groups = sandbox.client("logs").describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{function_name}"
    )
    assert groups["logGroups"] == []


def test_lines_that_may_be_written_are_kept(sandbox, function, invoke, statement):
    function_name = function(
        "def handler(event, context): print('hi')", policy=[statement(*LOGGING)]
    )
    invoke(function_name)
    events = sandbox.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function_name}")
    assert "hi" in [event["message"] for event in events["events"]]
    assert not [p for p in sandbox.problems() if function_name in p["message"]]


@pytest.mark.parametrize(
    ("setting", "asked"),
    [
        ({"TracingConfig": {"Mode": "Active"}}, "PutTraceSegments on XRAY"),
        (
            {"VpcConfig": {"SubnetIds": ["s-1"], "SecurityGroupIds": ["g-1"]}},
            "CreateNetworkInterface on EC2",
        ),
    ],
)
def test_a_setting_needs_its_right(sandbox, function, refused, setting, asked):
    function_name = function("def handler(event, context): pass")
    update = sandbox.client("lambda").update_function_configuration
    code, message = refused(update, FunctionName=function_name, **setting)
    assert code == "InvalidParameterValueException"
    assert message.endswith(f"does not have permissions to call {asked}")


@pytest.mark.parametrize("missing", TRACING)
def test_traces_that_cannot_be_sent_are_reported(
    sandbox, function, invoke, policy, statement, missing
):
    function_name = function(
        "def handler(event, context): pass", policy=[statement(*LOGGING, *TRACING)]
    )
    sandbox.client("lambda").update_function_configuration(
        FunctionName=function_name, TracingConfig={"Mode": "Active"}
    )
    rest = [action for action in TRACING if action != missing]
    sandbox.client("iam").put_role_policy(
        RoleName=function_name,
        PolicyName="grants",
        PolicyDocument=policy(statement(*LOGGING, *rest)),
    )
    invoke(function_name)
    [problem] = [p for p in sandbox.problems() if function_name in p["message"]]
    assert problem["kind"] == "tracing"
    assert f"not authorized to perform: {missing}" in problem["message"]


def test_a_dead_letter_queue_needs_the_right_to_send(sandbox, function, queue, refused):
    function_name = function("def handler(event, context): pass")
    update = sandbox.client("lambda").update_function_configuration
    target = {"DeadLetterConfig": {"TargetArn": queue()[1]}}
    _, message = refused(update, FunctionName=function_name, **target)
    assert message.endswith("does not have permissions to call SendMessage on SQS")


def test_a_role_must_trust_lambda(sandbox, function, name, policy, refused):
    function_name = function("def handler(event, context): pass")
    nobody = {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    made = sandbox.client("iam").create_role(
        RoleName=name("role"), AssumeRolePolicyDocument=policy(nobody)
    )
    update = sandbox.client("lambda").update_function_configuration
    _, message = refused(update, FunctionName=function_name, Role=made["Role"]["Arn"])
    assert message == "The role defined for the function cannot be assumed by Lambda."


def test_a_function_is_its_role_in_every_message(sandbox, function, invoke, statement, make_bucket):
    source = (
        "import boto3\n"
        "def handler(event, context):\n"
        f"    boto3.client('s3').get_object(Bucket='{make_bucket()}', Key='a')\n"
    )
    function_name = function(source, policy=[statement("s3:ListBucket")])
    answer, error = invoke(function_name)
    assert error == "Unhandled"
    assert answer["errorType"] == "AccessDenied"
    assert (
        f"assumed-role/{function_name}/{function_name} is not authorized" in answer["errorMessage"]
    )
    assert "s3:GetObject" in answer["errorMessage"]
