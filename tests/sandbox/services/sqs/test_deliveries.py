"""A service that delivers needs the target's policy, and the policy of the target's key."""

import json
import time
from typing import Any

import pytest

S3 = {"Service": "s3.amazonaws.com"}
KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
LOG_GROUPS = (
    *("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*"),
    *("kms:GenerateDataKey*", "kms:Describe*"),
)


@pytest.fixture
def notify(sandbox):
    """Have a bucket tell a queue of its new objects."""

    def put(bucket: str, queue_arn: str) -> None:
        notice = {"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}
        sandbox.client("s3").put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [notice]}
        )

    return put


@pytest.fixture
def receive(sandbox):
    """Take the next message of a queue, as parsed JSON."""

    def take(url: str) -> Any:
        sqs, until = sandbox.client("sqs"), time.monotonic() + 10
        while time.monotonic() < until:
            found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return json.loads(message["Body"])
        raise AssertionError("no message came")

    return take


@pytest.fixture
def open_to(sandbox, policy, statement):
    """Let S3 send to a queue, for one bucket."""

    def allow(url: str, arn: str, bucket: str) -> None:
        source = {"ArnEquals": {"aws:SourceArn": f"{arn.rpartition(':sqs:')[0]}:s3:::{bucket}"}}
        opened = policy(statement("sqs:SendMessage", on=arn, Principal=S3, Condition=source))
        sandbox.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": opened})

    return allow


def test_a_queue_that_does_not_trust_s3_cannot_be_a_destination(
    make_bucket, queue, notify, refused
):
    code, message = refused(notify, bucket=make_bucket(), queue_arn=queue()[1])
    assert code == "InvalidArgument"
    assert message.startswith("Unable to validate the following destination configurations")


def test_a_queue_policy_for_another_bucket_does_not_count(
    make_bucket, queue, notify, open_to, refused
):
    url, arn = queue()
    open_to(url, arn, "another-bucket")
    assert refused(notify, bucket=make_bucket(), queue_arn=arn)[0] == "InvalidArgument"


def test_the_key_of_the_queue_must_trust_s3(
    make_bucket, key, queue, notify, open_to, refused, policy, statement, account
):
    name = make_bucket()
    url, arn = queue(KmsMasterKeyId=key())
    open_to(url, arn, name)
    assert refused(notify, bucket=name, queue_arn=arn)[0] == "InvalidArgument"
    own = statement("kms:*", Principal={"AWS": account})
    trusted = key(policy(own, statement(*KEY_ACTIONS, Principal=S3)))
    url, arn = queue(KmsMasterKeyId=trusted)
    open_to(url, arn, name)
    notify(name, arn)


def test_the_managed_key_of_sqs_does_not_trust_s3(make_bucket, queue, notify, open_to, refused):
    name = make_bucket()
    url, arn = queue(KmsMasterKeyId="alias/aws/sqs")
    open_to(url, arn, name)
    assert refused(notify, bucket=name, queue_arn=arn)[0] == "InvalidArgument"


def test_a_configured_queue_gets_a_test_event_and_then_events_as_s3_spells_them(
    sandbox, make_bucket, queue, notify, open_to, receive
):
    name = make_bucket(versioned=True)
    url, arn = queue()
    open_to(url, arn, name)
    notify(name, arn)
    assert receive(url)["Event"] == "s3:TestEvent"
    put = sandbox.client("s3").put_object(Bucket=name, Key="shop 1/é+.png", Body=b"x")
    [record] = receive(url)["Records"]
    found = record["s3"]["object"]
    assert found["key"] == "shop+1/%C3%A9%2B.png"
    assert found["versionId"] == put["VersionId"]
    assert int(found["sequencer"], 16) > 0


def test_a_delivery_that_is_no_longer_allowed_is_reported(
    sandbox, make_bucket, queue, notify, open_to
):
    name = make_bucket()
    url, arn = queue()
    open_to(url, arn, name)
    notify(name, arn)
    sandbox.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    sandbox.client("s3").put_object(Bucket=name, Key="lost", Body=b"x")
    until = time.monotonic() + 5
    while not (found := [p for p in sandbox.problems() if arn in p["message"]]):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert found[0]["kind"] == "delivery"
    assert f"s3:::{name} cannot send to" in found[0]["message"]


@pytest.mark.parametrize("missing", KEY_ACTIONS)
def test_sending_to_an_encrypted_queue_needs_the_key(
    as_role, key, queue, statement, refused, missing
):
    url, _ = queue(KmsMasterKeyId=key())
    rest = [action for action in KEY_ACTIONS if action != missing]
    sender = as_role(statement("sqs:SendMessage", *rest))("sqs")
    code, message = refused(sender.send_message, QueueUrl=url, MessageBody="x")
    assert "KMS.AccessDenied" in code
    assert f"no identity-based policy allows the {missing} action" in message
    as_role(statement("sqs:SendMessage", *KEY_ACTIONS))("sqs").send_message(
        QueueUrl=url, MessageBody="x"
    )


def test_receiving_from_an_encrypted_queue_needs_decrypt(as_role, key, queue, statement, refused):
    url, _ = queue(KmsMasterKeyId=key())
    receiver = as_role(statement("sqs:ReceiveMessage"))("sqs")
    assert "kms:Decrypt" in refused(receiver.receive_message, QueueUrl=url)[1]
    as_role(statement("sqs:ReceiveMessage", "kms:Decrypt"))("sqs").receive_message(QueueUrl=url)


def test_publishing_to_an_encrypted_topic_needs_the_key(
    sandbox, as_role, key, name, statement, refused
):
    attributes = {"KmsMasterKeyId": key()}
    made = sandbox.client("sns").create_topic(Name=name("topic"), Attributes=attributes)
    publisher = as_role(statement("sns:Publish"))("sns")
    arn = made["TopicArn"]
    assert "kms:GenerateDataKey" in refused(publisher.publish, TopicArn=arn, Message="x")[1]


def test_a_function_must_let_s3_invoke_it(sandbox, make_bucket, function, refused):
    name, function_name = make_bucket(), function("def handler(event, context): pass")
    lambda_ = sandbox.client("lambda")
    arn = lambda_.get_function(FunctionName=function_name)["Configuration"]["FunctionArn"]
    notice = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
    put = {
        "Bucket": name,
        "NotificationConfiguration": {"LambdaFunctionConfigurations": [notice]},
    }
    s3 = sandbox.client("s3")
    code, message = refused(s3.put_bucket_notification_configuration, **put)
    assert (code, arn in message) == ("InvalidArgument", True)
    lambda_.add_permission(
        FunctionName=function_name,
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=f"{arn.partition(':lambda:')[0]}:s3:::{name}",
    )
    s3.put_bucket_notification_configuration(**put)


def test_an_alarm_needs_a_topic_that_trusts_cloudwatch(
    sandbox, key, name, queue, policy, statement, account
):
    sns, cloudwatch = sandbox.client("sns"), sandbox.client("cloudwatch")
    arn = sns.create_topic(Name=name("topic"), Attributes={"KmsMasterKeyId": key()})["TopicArn"]
    alarm = {
        "AlarmName": name("alarm"),
        "Namespace": "Test",
        "MetricName": name("metric"),
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": [arn],
    }
    cloudwatch.put_metric_alarm(**alarm)
    datum = {"MetricName": alarm["MetricName"], "Value": 1}
    cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])
    [problem] = [p for p in sandbox.problems() if arn in p["message"]]
    assert "cloudwatch.amazonaws.com is not authorized to perform: kms:" in problem["message"]


def test_the_key_of_a_log_group_must_trust_cloudwatch_logs(
    sandbox, key, name, arn, policy, statement, account, refused
):
    create = sandbox.client("logs").create_log_group
    code, message = refused(create, logGroupName=name("group"), kmsKeyId=key())
    assert code == "InvalidParameterException"
    assert message.startswith("The specified KMS key does not exist or is not allowed to be used")
    group = name("group")
    context = {"kms:EncryptionContext:aws:logs:arn": arn("logs", f"log-group:{group}")}

    def trusting(*actions):
        return statement(
            *actions,
            Principal={"Service": "logs.us-east-1.amazonaws.com"},
            Condition={"ArnLike": context},
        )

    own = statement("kms:*", Principal={"AWS": account})
    for missing in LOG_GROUPS:
        rest = [action for action in LOG_GROUPS if action != missing]
        _, message = refused(create, logGroupName=group, kmsKeyId=key(policy(own, trusting(*rest))))
        assert f"not authorized to perform: {missing.rstrip('*')}" in message
    _, message = refused(
        create, logGroupName=name("other"), kmsKeyId=key(policy(own, trusting(*LOG_GROUPS)))
    )
    assert "not authorized to perform: kms:Encrypt" in message
    create(logGroupName=group, kmsKeyId=key(policy(own, trusting(*LOG_GROUPS))))


def test_a_rule_reaches_only_a_function_that_lets_it(sandbox, function, name):
    source = name("source")
    function_name = function("def handler(event, context): pass")
    lambda_ = sandbox.client("lambda")
    arn = lambda_.get_function(FunctionName=function_name)["Configuration"]["FunctionArn"]
    events, rule = sandbox.client("events"), name("rule")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "it", "Arn": arn}])
    event = {"Source": source, "DetailType": "it", "Detail": "{}"}
    events.put_events(Entries=[event])
    until = time.monotonic() + 5
    while not (found := [p for p in sandbox.problems() if f"invoke {arn}" in p["message"]]):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert f"rule/{rule} cannot invoke" in found[0]["message"]
