"""The running sandbox through boto3: identity, faults, counts, functions, reset."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from sandbox.host.process import SandboxError

ONCE = {"retries": {"max_attempts": 0}}


def code_of(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    error = failed.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "action"),
    [
        ("s3", "list_buckets", {}, "s3:ListAllMyBuckets"),
        ("sns", "list_topics", {}, "sns:ListTopics"),
        ("iam", "list_roles", {}, "iam:ListRoles"),
        ("sts", "get_caller_identity", {}, "sts:GetCallerIdentity"),
        ("dynamodb", "list_tables", {}, "dynamodb:ListTables"),
        ("sqs", "list_queues", {}, "sqs:ListQueues"),
        ("cloudwatch", "list_metrics", {}, "cloudwatch:ListMetrics"),
        ("logs", "describe_log_groups", {}, "logs:DescribeLogGroups"),
        ("athena", "list_work_groups", {}, "athena:ListWorkGroups"),
        ("lambda", "list_functions", {}, "lambda:ListFunctions"),
    ],
)
def test_a_fault_reaches_a_client_of_any_protocol(
    sandbox, faults, service, operation, arguments, action
):
    faults([{"action": action, "code": "OutOfLuck", "status": 418}])
    call = getattr(sandbox.client(service, **ONCE), operation)
    assert code_of(call, **arguments) == ("OutOfLuck", 418)
    assert faults()[0]["hits"] == 1


def test_a_fault_strikes_its_times_and_spares_other_actions(sandbox, faults):
    s3 = sandbox.client("s3", **ONCE)
    faults([{"action": "s3:ListAllMyBuckets", "code": "SlowDown", "times": 2}])
    assert [code_of(s3.list_buckets) for _ in range(2)] == [("SlowDown", 503)] * 2
    s3.list_buckets()
    sandbox.client("sqs").list_queues()


def test_the_sdk_rides_out_a_fault_by_itself(sandbox, faults):
    faults([{"action": "s3:ListAllMyBuckets", "code": "SlowDown", "times": 1}])
    sandbox.client("s3").list_buckets()
    assert faults()[0]["hits"] == 1


def test_a_lost_reply_leaves_its_effect(sandbox, faults, unique):
    s3, bucket = sandbox.client("s3", **ONCE), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    faults([{"action": "s3:PutObject", "code": "InternalError", "after": True}])
    assert code_of(s3.put_object, Bucket=bucket, Key="k", Body=b"1") == ("InternalError", 500)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"


def test_a_fault_may_be_about_some_resources_only(sandbox, faults, unique):
    s3, bucket = sandbox.client("s3", **ONCE), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    faults([{"action": "s3:PutObject", "resource": f"*:{bucket}/ends/*", "code": "SlowDown"}])
    s3.put_object(Bucket=bucket, Key="begins/here", Body=b"1")
    assert code_of(s3.put_object, Bucket=bucket, Key="ends/here", Body=b"1") == ("SlowDown", 503)


def test_a_fault_reaches_a_state_machine(sandbox, faults, unique):
    """Step Functions calls services in process, past the network."""
    states, iam, name = sandbox.client("stepfunctions"), sandbox.client("iam"), unique("machine")
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    grant = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "dynamodb:ListTables", "Resource": "*"},
    }
    iam.put_role_policy(RoleName=name, PolicyName="grants", PolicyDocument=json.dumps(grant))
    task = {
        "Type": "Task",
        "Resource": f"{role['Arn'].rpartition('iam')[0]}states:::aws-sdk:dynamodb:listTables",
        "End": True,
    }
    machine = states.create_state_machine(
        name=name,
        roleArn=role["Arn"],
        definition=json.dumps({"StartAt": "List", "States": {"List": task}}),
    )
    faults([{"action": "dynamodb:ListTables", "code": "ThrottlingException"}])
    run = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    while (state := states.describe_execution(executionArn=run))["status"] == "RUNNING":
        time.sleep(0.05)
    assert state["status"] == "FAILED"
    assert state["error"] == "DynamoDb.ThrottlingException"


@pytest.mark.parametrize(("rules", "kind"), [(3, "int"), ({"action": "s3:*"}, "dict")])
def test_rules_that_are_no_list_are_answered_with_what_they_are(sandbox, rules, kind):
    with pytest.raises(SandboxError, match=f"faults are a list of rules, not {kind}"):
        sandbox.faults(rules)


def test_calls_are_counted_by_action(sandbox):
    sandbox.forget_calls()
    for _ in range(3):
        sandbox.client("sqs").list_queues()
    assert sandbox.calls()["sqs:ListQueues"] == 3
    assert 1 <= sandbox.peaks()["sqs:ListQueues"] <= 3


def test_delete_objects_is_counted_and_struck_by_its_own_name(sandbox, faults, unique):
    s3, bucket = sandbox.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    sandbox.forget_calls()
    faults([{"action": "s3:DeleteObject*", "code": "AccessDenied", "status": 403}])
    wanted = {"Bucket": bucket, "Delete": {"Objects": [{"Key": "k"}]}}
    assert code_of(s3.delete_objects, **wanted) == ("AccessDenied", 403)
    assert sandbox.calls()["s3:DeleteObjects"] == 1
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"


@pytest.fixture
def notified(sandbox, unique):
    """Make a bucket that tells a queue of its objects; gives (bucket, queue's URL)."""
    s3, sqs, bucket = sandbox.client("s3"), sandbox.client("sqs"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    url = sqs.create_queue(QueueName=bucket)["QueueUrl"]
    described = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = described["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        },
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    return bucket, url


def keys_told(sandbox, url, expected, seconds=8):
    """Receive and delete until so many object keys were told, in the order of their telling."""
    sqs, deadline = sandbox.client("sqs"), time.monotonic() + seconds
    told: list[str] = []
    while len(told) < expected and time.monotonic() < deadline:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in received.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            records = json.loads(message["Body"]).get("Records", [])
            told += [record["s3"]["object"]["key"] for record in records]
    return told


def test_events_arrive_twice_when_told_to(sandbox, faults, notified):
    bucket, url = notified
    faults([{"event": "sqs", "duplicate": 1}])
    sandbox.client("s3").put_object(Bucket=bucket, Key="k", Body=b"")
    assert keys_told(sandbox, url, 2) == ["k", "k"]


def test_events_overtake_one_another_when_told_to(sandbox, faults, notified):
    bucket, url = notified
    faults([{"event": "sqs", "shuffle": True, "within": 1, "seed": 1}])
    keys = [f"{number:02}" for number in range(12)]
    for key in keys:
        sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    told = keys_told(sandbox, url, len(keys))
    assert sorted(told) == keys
    assert told != keys


SLEEPER = "import time\ndef handler(event, context):\n    time.sleep(event.get('for', 0))\n"
CALLER = (
    "import boto3\ndef handler(event, context):\n    boto3.client('sts').get_caller_identity()\n"
)


def test_a_function_is_killed_in_the_middle(faults, function, invoke):
    name = function(SLEEPER)
    faults([{"kill_function": name, "after_seconds": 0.3, "times": 1}])
    assert invoke(name, {"for": 5})[1] is not None
    assert faults()[0]["hits"] == 1
    assert invoke(name)[1] is None


def test_a_function_that_waits_for_work_is_killed_with_the_work(faults, function, invoke):
    name = function(SLEEPER)
    assert invoke(name)[1] is None  # its process is there before the next invocation
    for _ in range(5):
        faults([{"kill_function": name, "times": 1}])
        assert invoke(name, {"for": 1})[1] is not None
        assert faults()[0]["hits"] == 1
        assert invoke(name)[1] is None


def test_a_function_is_killed_at_the_call_that_was_chosen(faults, function, invoke):
    name = function(CALLER)
    faults([{"kill_function": name, "action": "sts:GetCallerIdentity", "times": 1}])
    assert invoke(name)[1] is not None
    assert invoke(name)[1] is None


def test_a_function_sees_its_role_and_nothing_of_the_outside(sandbox, function, invoke):
    name = function("import os\ndef handler(event, context):\n    return dict(os.environ)\n")
    seen, error = invoke(name)
    assert error is None
    assert seen["AWS_ENDPOINT_URL"] == sandbox.endpoint
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    unwanted = {"AWS_CA_BUNDLE", "AWS_PROFILE", "NODE_EXTRA_CA_CERTS", "VIRTUAL_ENV"}
    assert not unwanted & set(seen)
    assert not [variable for variable in seen if "PROXY" in variable.upper()]


LISTER = """
import boto3
def handler(event, context):
    return len(boto3.client("s3").list_objects_v2(Bucket=event["bucket"]).get("Contents", []))
"""


def test_a_function_may_do_what_its_role_says_and_no_more(sandbox, function, invoke, unique):
    """A TLS-only bucket lets it in, because nobody can listen on the loopback interface."""
    s3, bucket = sandbox.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    arn = s3.head_bucket(Bucket=bucket)["BucketArn"]
    tls_only = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(tls_only))
    reason, error = invoke(function(LISTER), {"bucket": bucket})
    assert error is not None
    assert "not authorized to perform: s3:ListBucket" in reason["errorMessage"]
    grant = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn}
    assert invoke(function(LISTER, policy=[grant]), {"bucket": bucket}) == (0, None)


def test_a_service_that_the_sandbox_lacks_says_so(sandbox):
    with pytest.raises(ClientError, match=r"\(NotImplemented\).* the sandbox has no textract"):
        sandbox.client("textract", **ONCE).list_adapters()
