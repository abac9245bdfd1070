"""Redrive, against queues, records and a state machine that keep real state in the sandbox."""

import json
from itertools import count

import boto3
import pytest
from botocore.exceptions import ClientError

from operations.__main__ import main
from operations.redrive import OperationError, redrive

NUMBERS = count(1)  # the sandbox remembers the executions of a deleted machine
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
TEMPLATE = {
    "Resources": {
        "Dead": {"Type": "AWS::SQS::Queue"},
        "Work": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                    "maxReceiveCount": 1,
                }
            },
        },
        "Results": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "DefinitionString": json.dumps(MACHINE),
            },
        },
    },
    "Outputs": {
        "DeadLetterQueueUrl": {"Value": {"Ref": "Dead"}},
        "QueueUrl": {"Value": {"Ref": "Work"}},
        "ResultsBucketName": {"Value": {"Ref": "Results"}},
        "StateMachineArn": {"Value": {"Ref": "Machine"}},
    },
}


class Deployment:
    """A stack with something to redrive, and what an operator sees of it."""

    def __init__(self, sandbox):
        self.name = f"Redriven{next(NUMBERS)}"
        self.session = boto3.session.Session()
        self.s3, self.sqs = sandbox.client("s3"), sandbox.client("sqs")
        self.states, self.stacks = sandbox.client("stepfunctions"), sandbox.client("cloudformation")
        self.stacks.create_stack(
            StackName=self.name, TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_IAM"]
        )
        self.stacks.get_waiter("stack_create_complete").wait(
            StackName=self.name, WaiterConfig={"Delay": 1}
        )
        self.outputs = sandbox.outputs(self.name)

    def fail(self, document_id, attempt=1, error="Lambda.TooManyRequestsException"):
        """Write what the machine writes when a document failed."""
        record = {
            "document_id": document_id,
            "attempt": attempt,
            "error": error,
            "input": {"key": "talk.wav", "attempt": attempt, "document_id": document_id},
        }
        self.s3.put_object(
            Bucket=self.outputs["ResultsBucketName"],
            Key=f"failures/day=2026-01-02/{document_id}.json",
            Body=json.dumps(record),
        )

    def records(self):
        """List what is left of the failure records, hidden versions too."""
        found = self.s3.list_object_versions(Bucket=self.outputs["ResultsBucketName"])
        return [v["Key"] for v in [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]]

    def executions(self):
        """Find executions by name."""
        found = self.states.list_executions(stateMachineArn=self.outputs["StateMachineArn"])
        return {e["name"]: e["executionArn"] for e in found["executions"]}

    def input_of(self, name):
        """Read what an execution was started with."""
        found = self.states.describe_execution(executionArn=self.executions()[name])
        return json.loads(found["input"])

    def bury(self, body):
        """Let a message fail as often as its queue allows."""
        url = self.outputs["QueueUrl"]
        self.sqs.send_message(QueueUrl=url, MessageBody=body)
        for _ in range(2):
            self.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)

    def depth(self, output):
        """Count a queue's messages."""
        found = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs[output], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(found["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture
def deployment(sandbox, monkeypatch):
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    made = Deployment(sandbox)
    yield made
    bucket = made.outputs["ResultsBucketName"]
    for version in made.s3.list_object_versions(Bucket=bucket).get("Versions", ()):
        made.s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    made.stacks.delete_stack(StackName=made.name)
    made.stacks.get_waiter("stack_delete_complete").wait(
        StackName=made.name, WaiterConfig={"Delay": 1}
    )


def test_everything_that_failed_is_sent_again_and_only_once(deployment):
    deployment.fail("a" * 32)
    deployment.fail("b" * 32, attempt=3)
    deployment.fail("c" * 32, error="Refused")
    deployment.bury("an event that never became an execution")

    planned = redrive(deployment.session, deployment.name, dry_run=True)
    assert (planned.started, planned.refused) == (2, 1)
    assert (deployment.executions(), deployment.depth("QueueUrl")) == ({}, 0)

    done = redrive(deployment.session, deployment.name)
    assert (done.moved, done.started, done.refused) == ({"DeadLetterQueueUrl": 1}, 2, 1)
    assert set(deployment.executions()) == {f"{'a' * 32}-2", f"{'b' * 32}-4"}
    assert deployment.input_of(f"{'b' * 32}-4") == {
        "key": "talk.wav",
        "attempt": 4,
        "document_id": "b" * 32,
    }
    assert (deployment.depth("QueueUrl"), deployment.depth("DeadLetterQueueUrl")) == (1, 0)
    assert deployment.records() == [f"failures/day=2026-01-02/{'c' * 32}.json"]

    assert redrive(deployment.session, deployment.name).started == 0
    assert redrive(deployment.session, deployment.name, refused_too=True).started == 1
    assert f"{'c' * 32}-2" in deployment.executions()


def test_a_redrive_that_was_killed_half_way_is_finished_by_the_next(deployment, monkeypatch):
    deployment.fail("a" * 32)
    with monkeypatch.context() as killed:
        killed.setattr("operations.redrive._forget", be_killed)
        with pytest.raises(KeyboardInterrupt):
            redrive(deployment.session, deployment.name)
    assert redrive(deployment.session, deployment.name).started == 1
    assert set(deployment.executions()) == {f"{'a' * 32}-2"}
    assert not deployment.records()


def test_a_record_that_the_new_attempt_writes_meanwhile_is_kept(deployment):
    deployment.fail("a" * 32)

    session = Interrupted(deployment.session, then=lambda: deployment.fail("a" * 32, attempt=2))
    redrive(session, deployment.name)
    assert deployment.records() == [f"failures/day=2026-01-02/{'a' * 32}.json"]
    assert redrive(deployment.session, deployment.name, dry_run=True).started == 1


def test_the_command_tells_what_it_did(deployment, capsys):
    deployment.fail("a" * 32)
    deployment.fail("c" * 32, error="Refused")
    assert main(["redrive", deployment.name, "--dry-run"]) == 0
    assert "would start again: 1 documents" in capsys.readouterr().out
    assert main(["redrive", deployment.name]) == 0
    told = capsys.readouterr().out
    assert "start again: 1 documents" in told
    assert "left alone: 1 that were refused" in told


def test_a_wrong_name_is_told_in_one_line(deployment, capsys):
    assert main(["redrive", "Nowhere"]) == 1
    assert "there is no stack 'Nowhere'" in capsys.readouterr().err


def test_a_stack_with_nothing_to_redrive_is_refused(deployment):
    lone = {"Resources": {"Lone": {"Type": "AWS::SQS::Queue"}}}
    deployment.stacks.create_stack(StackName="Lone", TemplateBody=json.dumps(lone))
    deployment.stacks.get_waiter("stack_create_complete").wait(
        StackName="Lone", WaiterConfig={"Delay": 1}
    )
    with pytest.raises(OperationError, match="name the stack of an architecture"):
        redrive(deployment.session, "Lone")
    deployment.stacks.delete_stack(StackName="Lone")


def test_other_errors_are_not_hidden(deployment, sandbox):
    sandbox.faults([{"action": "cloudformation:DescribeStacks", "code": "AccessDenied"}])
    try:
        with pytest.raises(ClientError, match="AccessDenied"):
            redrive(deployment.session, deployment.name)
    finally:
        sandbox.faults([])


def be_killed(*_):
    raise KeyboardInterrupt


class Interrupted:
    """A session in which something happens right after an execution was started."""

    def __init__(self, session, then):
        self._session, self._then = session, then

    def client(self, service):
        """Make a client, of which one does a little more."""
        client = self._session.client(service)
        if service == "stepfunctions":
            start = client.start_execution

            def start_and_fail(**arguments):
                reply = start(**arguments)
                self._then()
                return reply

            client.start_execution = start_and_fail
        return client
