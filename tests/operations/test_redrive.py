"""Redrive, against queues, records and a state machine that keep real state in the sandbox."""

import json
import re
from functools import partial
from itertools import count

import boto3
import pytest
from botocore.exceptions import ClientError

from operations import failed_runs
from operations.__main__ import main
from operations.failed_documents import WHY_REFUSED
from operations.outcome import OperationError, Outcome
from operations.redrive import redrive

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
EACH = {"DeadLetterQueueUrl": 1, "UndeliveredQueueUrl": 0, "failures/": 2}
MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
TEMPLATE = {
    "Resources": {
        "Dead": {"Type": "AWS::SQS::Queue"},
        "Undelivered": {"Type": "AWS::SQS::Queue"},
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
        "UndeliveredQueueUrl": {"Value": {"Ref": "Undelivered"}},
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

    def undelivered(self, body, **said):
        """Leave an event where EventBridge and Lambda leave what they gave up."""
        attributes = {k: {"DataType": "String", "StringValue": v} for k, v in said.items()}
        self.sqs.send_message(
            QueueUrl=self.outputs["UndeliveredQueueUrl"],
            MessageBody=body,
            MessageAttributes=attributes,
        )

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
    assert planned["failures/"].left == {WHY_REFUSED: 1}
    assert {place: outcome.total for place, outcome in planned.items()} == EACH
    assert (deployment.executions(), deployment.depth("QueueUrl")) == ({}, 0)

    assert redrive(deployment.session, deployment.name) == planned
    assert set(deployment.executions()) == {f"{'a' * 32}-2", f"{'b' * 32}-4"}
    assert deployment.input_of(f"{'b' * 32}-4") == {
        "key": "talk.wav",
        "attempt": 4,
        "document_id": "b" * 32,
    }
    assert (deployment.depth("QueueUrl"), deployment.depth("DeadLetterQueueUrl")) == (1, 0)
    assert deployment.records() == [f"failures/day=2026-01-02/{'c' * 32}.json"]

    assert redrive(deployment.session, deployment.name)["failures/"].total == 0
    assert redrive(deployment.session, deployment.name, refused_too=True)["failures/"].total == 1
    assert f"{'c' * 32}-2" in deployment.executions()


def test_a_redrive_that_was_killed_half_way_is_finished_by_the_next(deployment, monkeypatch):
    deployment.fail("a" * 32)
    with monkeypatch.context() as killed:
        killed.setattr("operations.failed_documents._forget", be_killed)
        with pytest.raises(KeyboardInterrupt):
            redrive(deployment.session, deployment.name)
    assert redrive(deployment.session, deployment.name)["failures/"].total == 1
    assert set(deployment.executions()) == {f"{'a' * 32}-2"}
    assert not deployment.records()


def test_a_record_that_the_new_attempt_writes_meanwhile_is_kept(deployment):
    deployment.fail("a" * 32)

    session = Interrupted(deployment.session, then=lambda: deployment.fail("a" * 32, attempt=2))
    redrive(session, deployment.name)
    assert deployment.records() == [f"failures/day=2026-01-02/{'a' * 32}.json"]
    assert redrive(deployment.session, deployment.name, dry_run=True)["failures/"].total == 1


def test_the_command_tells_what_it_did(deployment, capsys):
    deployment.fail("a" * 32)
    deployment.fail("c" * 32, error="Refused")
    assert main(["redrive", deployment.name, "--dry-run"]) == 0
    assert "What would be done" in (planned := capsys.readouterr().out)
    assert main(["redrive", deployment.name]) == 0
    told = capsys.readouterr().out
    assert told.split() == planned.split()[4:]
    assert re.search(r"failures/ +1 +started again", told)
    assert re.search(r"failures/ +1 +left +refused as bad input", told)


def test_dead_letters_of_no_source_are_moved_like_all_others(deployment):
    """EventBridge writes into a dead-letter queue of SQS's, which then knows no source of it."""
    dead = deployment.outputs["DeadLetterQueueUrl"]
    deployment.sqs.send_message(QueueUrl=dead, MessageBody="written by EventBridge")
    deployment.bury("moved by SQS")
    deployment.fail("a" * 32)
    done = redrive(deployment.session, deployment.name)
    assert {place: outcome.total for place, outcome in done.items()} == {
        "DeadLetterQueueUrl": 2,
        "UndeliveredQueueUrl": 0,
        "failures/": 1,
    }
    assert deployment.depth("QueueUrl") == 2


def test_what_fails_in_one_place_is_told_and_stops_no_other(deployment, sandbox, capsys):
    deployment.fail("a" * 32)
    deployment.bury("an event")
    deployment.s3.put_object(
        Bucket=deployment.outputs["ResultsBucketName"], Key="failures/odd.json", Body=b"no record"
    )
    sandbox.faults([{"action": "sqs:GetQueueAttributes", "code": "AccessDenied"}])
    try:
        assert main(["redrive", deployment.name]) == 1
    finally:
        sandbox.faults([])
    told = " ".join(capsys.readouterr().out.split())
    assert re.search(r"DeadLetterQueueUrl \? left .*AccessDenied", told)
    assert re.search(r"UndeliveredQueueUrl \? left .*AccessDenied", told)
    assert "failures/ 1 started again" in told
    assert "failures/odd.json is no failure record" in told
    assert set(deployment.executions()) == {f"{'a' * 32}-2"}


def test_an_event_is_replayed_to_its_target_and_only_to_one_of_the_stack(deployment):
    machine = deployment.outputs["StateMachineArn"]
    deployment.undelivered('{"detail": 1}', TARGET_ARN=machine, ERROR_MESSAGE="not\nauthorized")
    deployment.undelivered("{}", TARGET_ARN=machine.replace("Machine", "Foreign"))
    deployment.undelivered("{}")
    deployment.undelivered(json.dumps({"detail-type": "Scheduled Event"}), RequestID="of Lambda")

    planned = redrive(deployment.session, deployment.name, dry_run=True)["UndeliveredQueueUrl"]
    assert (deployment.executions(), deployment.depth("UndeliveredQueueUrl")) == ({}, 4)
    outcome = redrive(deployment.session, deployment.name)["UndeliveredQueueUrl"]
    assert outcome == planned
    assert sorted(outcome.done.values()) == [1, 1]
    assert any("replayed to" in done and "not authorized" in done for done in outcome.done)
    assert outcome.has_failed
    assert {why.partition(",")[0].rpartition(":")[2] for why in outcome.left} == {
        "it was going to nobody knows where",
        machine.replace("Machine", "Foreign").rpartition(":")[2],
    }
    (name,) = deployment.executions()
    assert name.startswith("replay-")
    assert deployment.input_of(name) == {"detail": 1}
    assert deployment.depth("UndeliveredQueueUrl") == 2


def test_a_replay_that_was_killed_half_way_starts_nothing_twice(deployment, monkeypatch):
    monkeypatch.setattr("operations.undelivered.HIDDEN_SECONDS", 0)
    deployment.undelivered("{}", TARGET_ARN=deployment.outputs["StateMachineArn"])
    session = Interrupted(deployment.session, then=be_killed)
    with pytest.raises(KeyboardInterrupt):
        redrive(session, deployment.name)
    assert deployment.executions()
    assert redrive(deployment.session, deployment.name)["UndeliveredQueueUrl"].total == 1
    assert len(deployment.executions()) == 1


def test_a_wrong_name_is_told_in_one_line(deployment, capsys):
    assert main(["redrive", "Nowhere"]) == 1
    assert "there is no stack 'Nowhere'" in capsys.readouterr().err


def test_dead_letters_whose_queue_no_output_names_are_told_of(deployment):
    outputs = {"OldDeadLetterQueueUrl": deployment.outputs["DeadLetterQueueUrl"]}
    outcome = redrive(Described(outputs), "Old")["OldDeadLetterQueueUrl"]
    assert outcome.has_failed
    assert list(outcome.left) == ["no output of the stack names the queue that these belong to"]


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


class Described:
    """A session that knows of a stack its outputs, and no more."""

    def __init__(self, outputs):
        self._outputs = [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()]

    def client(self, _service):
        """Be all clients."""
        return self

    def describe_stacks(self, **_):
        """Tell the outputs."""
        return {"Stacks": [{"Outputs": self._outputs}]}


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


def test_one_run_takes_the_place_of_all_that_failed(deployment):
    stack = deployment
    for name in ("one", "two"):
        stack.s3.put_object(
            Bucket=stack.outputs["ResultsBucketName"],
            Key=f"failed_runs/day=2026-01-02/{name}.json",
            Body=b"{}",
        )
    redo = partial(
        failed_runs.start_again,
        stack.session,
        stack.outputs["StateMachineArn"],
        stack.outputs["ResultsBucketName"],
    )
    planned, done, again = Outcome(), Outcome(), Outcome()
    redo(planned, dry_run=True)
    assert not stack.executions()
    redo(done, dry_run=False)
    assert planned.done == done.done == {"started again, all by one run": 2}
    assert len(stack.executions()) == 1
    assert not stack.records()
    redo(again, dry_run=False)
    assert (again.total, len(stack.executions())) == (0, 1)
