"""What an operator does with a challenger: begins, reads, and lets one of the two win."""

import io
import json

import pytest
from botocore.response import StreamingBody

from operations.experiments import begin, conclusion, end, readout, rows
from operations.outcome import OperationError
from testing.stubs import Kept, Stubs, clients_of

ARN = "arn:{}:model-package/churn/{}".format("aws:sagemaker:eu-west-1:" + "0" * 12, "{}")
OUTPUTS = {
    "EndpointName": "hosting",
    "TurnsTableName": "turns",
    "DeployStateMachineArn": "machine",
    "ReadExperimentFunctionName": "reads",
}
TOLD = {
    "config": "hosting-v1-v2-0a",
    "since": "2026-11-30T10:00:00.000Z",
    "verdict": "better",
    "error_rate": 0.05,
    "unread": 2,
    "measures": [
        {"measure": "failed", "champion": {"requests": 0, "rate": None},
         "challenger": {"requests": 0, "rate": None}, "difference": None, "low": None,
         "high": None, "p_value": None, "verdict": "no data", "says": "go on"},
        {"measure": "right", "champion": {"requests": 5000, "rate": 0.1},
         "challenger": {"requests": 5000, "rate": 0.18}, "difference": 0.08, "low": 0.055,
         "high": 0.105, "p_value": 1e-9, "verdict": "challenger higher", "says": "better"},
    ],
}  # fmt: skip


class Session(Stubs):
    """A session whose clients answer as a test says."""

    region_name = "eu-west-1"

    def __init__(self, clients):
        super().__init__(clients)
        self.client = clients.__getitem__

    def has(self, **turn):
        """Let the stack be there, and its table of turns hold one item."""
        told = [{"OutputKey": k, "OutputValue": v} for k, v in OUTPUTS.items()]
        stack = {"StackName": "S", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
        self.answers("describe_stacks", {"Stacks": [{**stack, "Outputs": told}]})
        item = {"Item": {name: {"S": value} for name, value in turn.items()}} if turn else {}
        key = {"entry": {"S": "hosting"}}
        self.answers("get_item", item, {"TableName": "turns", "Key": key})

    def deploys(self, package):
        """Let the package be approved, and keep what the machine is started with."""
        told = {
            "ModelPackageName": "churn", "ModelPackageGroupName": "churn",
            "ModelPackageArn": package, "CreationTime": 0, "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": "Approved",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
        }  # fmt: skip
        self.answers("describe_model_package", told, {"ModelPackageName": package})
        kept = Kept()
        self.answers(
            "start_execution",
            {"executionArn": "e", "startDate": 0},
            {"stateMachineArn": "machine", "name": Kept(), "input": kept},
        )
        return kept


@pytest.fixture(scope="module")
def clients():
    return clients_of("cloudformation", "dynamodb", "lambda", "sagemaker", "stepfunctions")


@pytest.fixture
def session(clients):
    made = Session(clients)
    with made.active():
        yield made


def test_a_challenger_is_deployed_with_its_share(session):
    session.has(package=ARN.format(1))
    kept = session.deploys(ARN.format(2))
    begin(session, "S", ARN.format(2), 20, dry_run=False)
    detail = kept.json()["detail"]
    assert (detail["ModelPackageArn"], detail["ChallengerPercent"]) == (ARN.format(2), 20)


@pytest.mark.parametrize(("winner", "version"), [("Champion", 1), ("Challenger", 2)])
def test_who_wins_is_deployed_alone(session, winner, version):
    session.has(package=ARN.format(1), challenger=ARN.format(2))
    kept = session.deploys(ARN.format(version))
    end(session, "S", winner, dry_run=False)
    detail = kept.json()["detail"]
    assert (detail["ModelPackageArn"], detail["ChallengerPercent"]) == (ARN.format(version), 0)


def test_nobody_challenges_nobody(session):
    session.has()
    with pytest.raises(OperationError, match="approve a version"):
        begin(session, "S", ARN.format(2), 20, dry_run=False)


def test_an_experiment_that_is_not_there_has_no_winner_and_no_readout(session):
    for act in (lambda: end(session, "S", "Champion", dry_run=True), lambda: readout(session, "S")):
        session.has(package=ARN.format(1))
        with pytest.raises(OperationError, match="begin with challenge"):
            act()


def answer(told):
    body = json.dumps(told).encode()
    return {"Payload": StreamingBody(io.BytesIO(body), len(body))}


def test_a_readout_has_a_row_for_each_variant_and_one_for_how_far_they_are_apart(session):
    session.has(package=ARN.format(1), challenger=ARN.format(2))
    session.answers("invoke", answer(TOLD), {"FunctionName": "reads"})
    found = rows(readout(session, "S"))
    assert found[0] == ("failed", "champion", "0", "", "", "")
    assert found[3:] == [
        ("right", "champion", "5000", "0.1000", "", ""),
        ("right", "challenger", "5000", "0.1800", "", ""),
        ("right", "difference", "", "+0.0800", "+0.0550 to +0.1050 at 97.5%",
         "challenger higher: better"),
    ]  # fmt: skip


def test_a_readout_that_fails_says_why(session):
    session.has(package=ARN.format(1), challenger=ARN.format(2))
    failed = {**answer({"errorMessage": "no right"}), "FunctionError": "Unhandled"}
    session.answers("invoke", failed, {"FunctionName": "reads"})
    with pytest.raises(OperationError, match="could not be read: no right"):
        readout(session, "S")


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("better", "--winner Challenger"), ("worse", "--winner Champion"), ("go on", "go on")],
)
def test_what_to_do_is_said_in_a_line(verdict, said):
    line = conclusion({**TOLD, "verdict": verdict})
    assert said in line
    assert line.endswith("; 2 records could not be read")
