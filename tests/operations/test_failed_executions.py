"""What failed of a machine is started again as it was, once, and what is refused is left."""

import json
from itertools import count

import boto3
import pytest

from operations.failed_executions import start_again
from operations.outcome import Outcome

NUMBERS = count(1)
STATES = {"Service": "states.amazonaws.com"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": STATES, "Action": "sts:AssumeRole"}],
}
FAILS = {
    "QueryLanguage": "JSONata",
    "StartAt": "Is",
    "States": {
        "Is": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.works %}", "Next": "Done"}],
            "Default": "Not",
        },
        "Done": {"Type": "Succeed"},
        "Not": {"Type": "Fail", "Error": "E", "Cause": "{% $states.input.why %}"},
    },
}


@pytest.fixture(scope="module")
def role(sandbox):
    """Make a role for machines of this test."""
    iam = sandbox.client("iam")
    name = "failed-executions"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    yield iam.get_role(RoleName=name)["Role"]["Arn"]
    iam.delete_role(RoleName=name)


@pytest.fixture
def machine(sandbox, role, monkeypatch):
    """Make a machine; it goes with the test."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    states = sandbox.client("stepfunctions")
    arn = states.create_state_machine(
        name=f"fails-{next(NUMBERS)}", definition=json.dumps(FAILS), roleArn=role
    )["stateMachineArn"]
    yield arn
    states.delete_state_machine(stateMachineArn=arn)


@pytest.fixture
def run(sandbox, machine):
    """Run the machine with an input, until it has ended."""
    states = sandbox.client("stepfunctions")

    def execute(**told):
        started = states.start_execution(stateMachineArn=machine, input=json.dumps(told))
        while True:
            found = states.describe_execution(executionArn=started["executionArn"])
            if found["status"] != "RUNNING":
                return found["status"]
            sandbox.pass_time()

    return execute


def redriven(machine, **options):
    outcome = Outcome()
    start_again(boto3.session.Session(), machine, outcome, **{"dry_run": False, **options})
    return outcome


def inputs(sandbox, machine):
    states = sandbox.client("stepfunctions")
    found = states.list_executions(stateMachineArn=machine)["executions"]
    told = [states.describe_execution(executionArn=e["executionArn"])["input"] for e in found]
    return sorted(json.loads(each).get("why", "") for each in told)


def test_what_failed_is_started_again_with_its_own_input_and_nothing_else_is(sandbox, machine, run):
    assert run(works=True, why="fine") == "SUCCEEDED"
    assert run(works=False, why="Ask: Torn") == "FAILED"
    assert redriven(machine, dry_run=True).done == {"would be started again": 1}
    assert inputs(sandbox, machine) == ["Ask: Torn", "fine"]
    assert redriven(machine).done == {"started again": 1}
    assert inputs(sandbox, machine) == ["Ask: Torn", "Ask: Torn", "fine"]


def test_a_second_redrive_starts_only_what_the_first_one_started_in_vain(sandbox, machine, run):
    run(works=False, why="Ask: Torn")
    for number in (1, 2, 3):
        assert redriven(machine).total == 1
        while sandbox.client("stepfunctions").list_executions(
            stateMachineArn=machine, statusFilter="RUNNING"
        )["executions"]:
            sandbox.pass_time()
        assert len(inputs(sandbox, machine)) == number + 1


def test_what_no_second_try_changes_is_left_and_told(sandbox, machine, run):
    run(works=False, why="AskModel: ModelRefused")
    outcome = redriven(machine, refused=("ModelRefused",))
    assert (outcome.total, outcome.has_failed) == (0, False)
    assert "ModelRefused" in str(dict(outcome.left))
    assert redriven(machine, refused=("ModelRefused",), refused_too=True).total == 1
