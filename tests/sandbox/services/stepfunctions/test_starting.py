"""Starting too fast, and forgetting what was started."""

import json

from ministack.services import stepfunctions

from sandbox.host import client
from sandbox.services.stepfunctions import starting
from sandbox.services.stepfunctions.java import java_member, java_name


def test_who_starts_too_fast_is_throttled(monkeypatch):
    arn = "arn:none:states:here:0:stateMachine:m"
    stored = {"name": "m", "type": "STANDARD", "roleArn": "r", "definition": "{}"}
    asked = []

    def may_start(machine_arn, *, express):
        asked.append((machine_arn, express))
        return False

    monkeypatch.setattr(starting, "may_start", may_start)
    monkeypatch.setitem(stepfunctions._state_machines, arn, stored)
    status, _, body = starting.start({"stateMachineArn": arn})
    assert (status, json.loads(body)["__type"]) == (400, "ThrottlingException")
    assert asked == [(arn, False)]
    assert not list(stepfunctions._executions.values())


def test_a_reset_forgets_executions_and_what_they_waited_for():
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}},
    }
    with client.start(iam=False) as sandbox:
        states, role = sandbox.client("stepfunctions"), "role/any"
        account = sandbox.client("sts").get_caller_identity()["Arn"].rpartition(":")[0]
        machine = {
            "name": "m",
            "roleArn": f"{account.replace(':sts:', ':iam:')}:{role}",
            "definition": json.dumps(definition),
        }
        for _ in range(2):
            arn = states.create_state_machine(**machine)["stateMachineArn"]
            states.start_execution(stateMachineArn=arn, name="same")
            assert len(states.list_executions(stateMachineArn=arn)["executions"]) == 1
            sandbox.reset()
        assert states.list_state_machines()["stateMachines"] == []


def test_services_and_errors_are_named_as_the_java_sdk_names_them():
    names = ["DynamoDB", "SFN", "S3", "CloudWatch Logs", "InvalidSubnetIDException", "NoSuchKey"]
    assert [java_name(name) for name in names] == [
        "DynamoDb",
        "Sfn",
        "S3",
        "CloudWatchLogs",
        "InvalidSubnetIdException",
        "NoSuchKey",
    ]


def test_members_keep_the_capitals_that_they_do_not_begin_with():
    names = ["KMSKeyId", "OutputEncryptionKMSKeyId", "ETag", "BOOL", "ContentMD5", "DBName", "N"]
    assert [java_member(name) for name in names] == [
        "KmsKeyId",
        "OutputEncryptionKMSKeyId",
        "ETag",
        "Bool",
        "ContentMD5",
        "DbName",
        "N",
    ]
