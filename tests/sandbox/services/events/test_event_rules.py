"""A rule reaches what trusts it; what it does not reach lies in its dead-letter queue."""

import json
from typing import Any

import pytest

EVENTS = {"Service": "events.amazonaws.com"}
KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


@pytest.fixture
def rule(sandbox, name):
    """Make a rule for one source; gives (the source, the rule's ARN)."""

    def make(pattern: dict[str, Any] | None = None, **target: Any) -> tuple[str, str]:
        events, source = sandbox.client("events"), name("source")
        put = events.put_rule(
            Name=name("rule"), EventPattern=json.dumps({"source": [source], **(pattern or {})})
        )
        rule_arn: str = put["RuleArn"]
        if target:
            events.put_targets(Rule=rule_arn.rpartition("/")[2], Targets=[{"Id": "it", **target}])
        return source, rule_arn

    return make


@pytest.fixture
def put(sandbox):
    """Put one event of a source."""

    def send(source: str, **detail: Any) -> None:
        entry = {"Source": source, "DetailType": "it", "Detail": json.dumps(detail)}
        reply = sandbox.client("events").put_events(Entries=[entry])
        assert reply["FailedEntryCount"] == 0

    return send


@pytest.fixture
def take(sandbox, eventually):
    """Take the next message of a queue."""

    def receive(url: str) -> Any:
        sqs = sandbox.client("sqs")
        [message] = eventually(
            lambda: sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages")
        )
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return message

    return receive


@pytest.fixture
def open_to(sandbox, policy, statement):
    """Let EventBridge send to a queue, for one rule."""

    def allow(url: str, queue_arn: str, rule_arn: str) -> None:
        source = {"ArnEquals": {"aws:SourceArn": rule_arn}}
        opened = statement("sqs:SendMessage", on=queue_arn, Principal=EVENTS, Condition=source)
        sandbox.client("sqs").set_queue_attributes(
            QueueUrl=url, Attributes={"Policy": policy(opened)}
        )

    return allow


@pytest.fixture
def connect(sandbox, rule, queue, open_to):
    """Connect a rule to a queue that trusts it; gives (source, rule's ARN, queue's URL)."""

    def make(pattern: Any = None, *, key: str | None = None, **target: Any) -> Any:
        url, queue_arn = queue(**({"KmsMasterKeyId": key} if key else {}))
        source, rule_arn = rule(pattern, Arn=queue_arn, **target)
        open_to(url, queue_arn, rule_arn)
        return source, rule_arn, url

    return make


@pytest.fixture
def dead_letters(queue, open_to):
    """Make a queue for what a rule cannot deliver; gives (its URL, opening it to a rule)."""
    url, queue_arn = queue()
    return url, queue_arn, lambda rule_arn: open_to(url, queue_arn, rule_arn)


def said(message: Any) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def problems_of(sandbox, rule_arn: str) -> list[str]:
    return [p["message"] for p in sandbox.problems() if rule_arn in p["message"]]


def test_a_queue_that_trusts_the_rule_gets_the_event(connect, put, take):
    source, rule_arn, url = connect()
    put(source, a=1)
    event = json.loads(take(url)["Body"])
    assert (event["source"], event["detail-type"], event["detail"]) == (source, "it", {"a": 1})
    assert rule_arn.split(":")[4] == event["account"]


def test_a_queue_that_trusts_another_rule_gets_nothing(sandbox, rule, queue, open_to, put):
    url, queue_arn = queue()
    source, rule_arn = rule(Arn=queue_arn)
    open_to(url, queue_arn, f"{rule_arn}-other")
    put(source)
    [problem] = problems_of(sandbox, rule_arn)
    assert "events.amazonaws.com is not authorized to perform: sqs:SendMessage" in problem
    assert sandbox.client("sqs").receive_message(QueueUrl=url).get("Messages") is None


def test_an_encrypted_queue_needs_a_key_that_trusts_eventbridge(
    sandbox, connect, put, take, key, policy, statement, account
):
    source, rule_arn, url = connect(key=key())
    put(source)
    assert "kms:GenerateDataKey" in problems_of(sandbox, rule_arn)[0]
    own = statement("kms:*", Principal={"AWS": account})
    trusting = policy(own, statement(*KEY_ACTIONS, Principal=EVENTS))
    source, rule_arn, url = connect(key=key(trusting))
    put(source)
    take(url)
    assert problems_of(sandbox, rule_arn) == []


def test_what_is_not_delivered_lies_in_the_dead_letter_queue_with_the_reason(
    rule, queue, put, take, dead_letters
):
    url, dead_arn, open_dead = dead_letters
    closed = queue()[1]
    source, rule_arn = rule(Arn=closed, DeadLetterConfig={"Arn": dead_arn})
    open_dead(rule_arn)
    put(source, a=1)
    message = take(url)
    assert json.loads(message["Body"])["detail"] == {"a": 1}
    found = said(message)
    assert found.pop("ERROR_MESSAGE").startswith("User: events.amazonaws.com is not authorized")
    assert found == {
        "ERROR_CODE": "NO_PERMISSIONS",
        "RULE_ARN": rule_arn,
        "TARGET_ARN": closed,
        "RETRY_ATTEMPTS": "0",
    }


def test_a_target_that_is_gone_is_a_dead_letter(rule, queue, put, take, dead_letters, sandbox):
    url, dead_arn, open_dead = dead_letters
    gone_url, gone = queue()
    source, rule_arn = rule(Arn=gone, DeadLetterConfig={"Arn": dead_arn})
    open_dead(rule_arn)
    sandbox.client("sqs").delete_queue(QueueUrl=gone_url)
    put(source)
    assert said(take(url))["ERROR_CODE"] == "NO_RESOURCE"


def test_a_dead_letter_queue_must_trust_the_rule_too(sandbox, rule, queue, put, dead_letters):
    _, dead_arn, _ = dead_letters
    source, rule_arn = rule(Arn=queue()[1], DeadLetterConfig={"Arn": dead_arn})
    put(source)
    assert [p for p in problems_of(sandbox, rule_arn) if f"cannot send to {dead_arn}" in p]


@pytest.fixture
def machine(sandbox, name, role_for):
    """Make a state machine."""
    return sandbox.client("stepfunctions").create_state_machine(
        name=name("machine"), definition=PASS, roleArn=role_for("states.amazonaws.com")
    )["stateMachineArn"]


def executions(sandbox, machine: str) -> Any:
    return sandbox.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]


def test_a_machine_is_started_by_a_role_that_eventbridge_may_assume(
    sandbox, rule, put, take, dead_letters, machine, role_for, statement, eventually
):
    url, dead_arn, open_dead = dead_letters
    start = statement("states:StartExecution", on=machine)
    for role_arn, code in (
        (role_for("events.amazonaws.com"), "NO_PERMISSIONS"),
        (role_for("states.amazonaws.com", start), "FAILED_TO_ASSUME_ROLE"),
    ):
        source, rule_arn = rule(Arn=machine, RoleArn=role_arn, DeadLetterConfig={"Arn": dead_arn})
        open_dead(rule_arn)
        put(source)
        assert said(take(url))["ERROR_CODE"] == code
    assert executions(sandbox, machine) == []
    source, _ = rule(Arn=machine, RoleArn=role_for("events.amazonaws.com", start))
    put(source)
    eventually(lambda: executions(sandbox, machine))


def test_a_key_that_is_throttled_for_a_moment_loses_no_event(
    sandbox, faults, connect, put, take, rule, key, policy, statement, account, role_for, name,
    eventually,
):  # fmt: skip
    throttled = [{"action": "kms:GenerateDataKey", "code": "ThrottlingException", "times": 2}]
    own = statement("kms:*", Principal={"AWS": account})
    trusting = policy(own, statement(*KEY_ACTIONS, Principal=EVENTS))
    source, rule_arn, url = connect(key=key(trusting))
    faults(throttled)
    put(source)
    take(url)
    assert problems_of(sandbox, rule_arn) == []

    secret = key()
    encrypted = sandbox.client("stepfunctions").create_state_machine(
        name=name("machine"),
        definition=PASS,
        roleArn=role_for("states.amazonaws.com", statement(*KEY_ACTIONS, on=secret)),
        encryptionConfiguration={"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": secret},
    )["stateMachineArn"]
    start = statement("states:StartExecution", on=encrypted)
    source, _ = rule(Arn=encrypted, RoleArn=role_for("events.amazonaws.com", start))
    faults(throttled)
    put(source)
    eventually(lambda: executions(sandbox, encrypted))


def test_a_machine_is_no_target_without_a_role(rule, machine, refused, sandbox):
    _, rule_arn = rule()
    code, message = refused(
        sandbox.client("events").put_targets,
        Rule=rule_arn.rpartition("/")[2],
        Targets=[{"Id": "it", "Arn": machine}],
    )
    assert (code, message) == ("ValidationException", f"RoleArn is required for target {machine}.")


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        ({"key": [{"prefix": "in/"}]}, {"key": "in/a"}, {"key": "out/a"}),
        ({"key": [{"suffix": ".wav"}]}, {"key": "a.wav"}, {"key": "a.mp3"}),
        ({"key": [{"anything-but": {"prefix": "work/"}}]}, {"key": "a"}, {"key": "work/a"}),
        ({"key": [{"anything-but": ["a"]}]}, {"key": "b"}, {"key": "a"}),
        ({"done": [{"exists": False}]}, {"key": "a"}, {"done": 1}),
        (
            {"object": {"size": [{"numeric": [">", 0]}]}},
            {"object": {"size": 1}},
            {"object": {"size": 0}},
        ),
    ],
)
def test_a_pattern_lets_through_what_it_names(sandbox, connect, put, take, pattern, hit, miss):
    source, _, url = connect({"detail": pattern})
    put(source, **miss)
    put(source, **hit)
    assert json.loads(take(url)["Body"])["detail"] == hit


def test_an_input_is_transformed(connect, put, take):
    transformer = {
        "InputPathsMap": {"key": "$.detail.object.key", "size": "$.detail.object.size"},
        "InputTemplate": '{"key": <key>, "size": <size>, "rule": "<aws.events.rule-name>"}',
    }
    source, rule_arn, url = connect(InputTransformer=transformer)
    put(source, object={"key": 'a "b"', "size": 3})
    name = rule_arn.rpartition("/")[2]
    assert json.loads(take(url)["Body"]) == {"key": 'a "b"', "size": 3, "rule": name}


def test_new_objects_are_told_as_s3_tells_them(
    sandbox, make_bucket, rule, queue, open_to, take, name
):
    s3, events, inbox = sandbox.client("s3"), sandbox.client("events"), make_bucket(versioned=True)
    s3.put_bucket_notification_configuration(
        Bucket=inbox, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    url, queue_arn = queue()
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [inbox]}},
    }
    made = events.put_rule(Name=name("rule"), EventPattern=json.dumps(pattern))["RuleArn"]
    events.put_targets(Rule=made.rpartition("/")[2], Targets=[{"Id": "it", "Arn": queue_arn}])
    open_to(url, queue_arn, made)
    stored = s3.put_object(Bucket=inbox, Key="shop 1/é+.txt", Body=b"hello")
    event = json.loads(take(url)["Body"])
    assert event["resources"][0].endswith(f":s3:::{inbox}")
    assert len(event["time"]) == len("2025-01-01T00:00:00Z")
    detail = event["detail"]
    assert int(detail["object"].pop("sequencer"), 16) > 0
    assert detail["object"] == {
        "key": "shop 1/é+.txt",
        "size": 5,
        "etag": stored["ETag"].strip('"'),
        "version-id": stored["VersionId"],
    }
    assert sorted(detail) == [
        "bucket", "object", "reason", "request-id", "requester", "source-ip-address", "version",
    ]  # fmt: skip
    assert detail["reason"] == "PutObject"


def test_events_can_be_lost_doubled_and_refused(faults, connect, put, take, dead_letters, sandbox):
    dead_url, dead_arn, open_dead = dead_letters
    retry = {"MaximumRetryAttempts": 3}
    source, rule_arn, url = connect(DeadLetterConfig={"Arn": dead_arn}, RetryPolicy=retry)
    open_dead(rule_arn)
    of_it = {"event": "eventbridge", "source": source, "times": 1}
    faults([{**of_it, "duplicate": 1}])
    put(source, n=1)
    faults([{**of_it, "lose": 1}])
    put(source, n=2)
    faults([{**of_it, "fail": 1}])
    put(source, n=3)
    put(source, n=4)
    assert [json.loads(take(url)["Body"])["detail"]["n"] for _ in range(3)] == [1, 1, 4]
    found = said(take(dead_url))
    assert found["ERROR_CODE"] == "ERROR_FROM_TARGET"
    assert (found["RETRY_ATTEMPTS"], found["EXHAUSTED_RETRY_CONDITION"]) == (
        "3",
        "MaximumRetryAttempts",
    )


def test_a_schedule_can_be_fired_by_hand(sandbox, name, queue, open_to, take):
    events, rule_name = sandbox.client("events"), name("every")
    url, queue_arn = queue()
    made = events.put_rule(Name=rule_name, ScheduleExpression="rate(5 minutes)")["RuleArn"]
    open_to(url, queue_arn, made)
    events.put_targets(Rule=rule_name, Targets=[{"Id": "it", "Arn": queue_arn}])
    assert sandbox.fire_schedules(rule_name) == [rule_name]
    event = json.loads(take(url)["Body"])
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
    assert event["resources"] == [made]
    events.disable_rule(Name=rule_name)
    assert sandbox.fire_schedules(rule_name) == []
