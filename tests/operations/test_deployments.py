"""What an operator does when a model that serves is not the right one."""

import pytest

from operations.deployments import rollback, shift, weight_of
from operations.outcome import OperationError
from testing.stubs import Kept, Stubs, clients_of

ARN = "arn:{}:model-package/churn/2".format("aws:sagemaker:eu-west-1:" + "0" * 12)
OUTPUTS = {"EndpointName": "hosting", "TurnsTableName": "turns", "DeployStateMachineArn": "machine"}


class Session(Stubs):
    """A session whose clients answer as a test says."""

    region_name = "eu-west-1"

    def __init__(self, clients):
        super().__init__(clients)
        self.client = clients.__getitem__

    def has_stack(self, **outputs):
        """Let the stack have these outputs."""
        told = [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()]
        stack = {"StackName": "S", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
        self.answers("describe_stacks", {"Stacks": [{**stack, "Outputs": told}]})

    def has_turns(self, **item):
        """Let the table of turns hold one item."""
        attributes = {name: {"S": value} for name, value in item.items()}
        key = {"entry": {"S": "hosting"}}
        self.answers("get_item", {"Item": attributes}, {"TableName": "turns", "Key": key})

    def has_package(self, approval):
        """Let the package be approved, or not."""
        told = {
            "ModelPackageName": "churn", "ModelPackageGroupName": "churn", "ModelPackageArn": ARN,
            "CreationTime": 0, "ModelPackageStatus": "Completed", "ModelApprovalStatus": approval,
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
        }  # fmt: skip
        self.answers("describe_model_package", told, {"ModelPackageName": ARN})

    def has_variants(self, status="InService", **weights):
        """Let the endpoint have these variants."""
        told = {
            "EndpointName": "hosting", "EndpointArn": "arn-of-the-endpoint-as-aws-spells-it",
            "EndpointStatus": status, "CreationTime": 0, "LastModifiedTime": 0,
            "ProductionVariants": [
                {"VariantName": name, "CurrentWeight": weight} for name, weight in weights.items()
            ],
        }  # fmt: skip
        self.answers("describe_endpoint", told, {"EndpointName": "hosting"})


@pytest.fixture(scope="module")
def clients():
    return clients_of("cloudformation", "dynamodb", "sagemaker", "stepfunctions")


@pytest.fixture
def session(clients):
    made = Session(clients)
    with made.active():
        yield made


def test_what_served_before_is_deployed_once_more(session):
    session.has_stack(**OUTPUTS)
    session.has_turns(package="other", package_before=ARN)
    session.has_package("Approved")
    told = Kept()
    session.answers(
        "start_execution",
        {"executionArn": "e", "startDate": 0},
        {"stateMachineArn": "machine", "name": Kept(), "input": told},
    )
    (outcome,) = rollback(session, "S", dry_run=False).values()
    assert dict(outcome.done) == {f"deploy {ARN}": 1}
    asked = told.json()
    assert asked["detail"]["ModelPackageArn"] == ARN
    assert "time" not in asked  # the machine's start is what counts, not an operator's clock
    # Whatever the setting says: it takes over.
    assert asked["detail"]["ChallengerPercent"] == 0


def test_beside_a_challenger_it_is_the_champion_alone_that_served_before(session):
    session.has_stack(**OUTPUTS)
    session.has_turns(package=ARN, package_before="older", challenger="other")
    session.has_package("Approved")
    (outcome,) = rollback(session, "S", dry_run=True).values()
    assert dict(outcome.done) == {f"deploy {ARN}": 1}


def test_a_dry_run_starts_nothing(session):
    session.has_stack(**OUTPUTS)
    session.has_turns(package_before=ARN)
    session.has_package("Approved")
    rollback(session, "S", dry_run=True)


def test_nothing_is_rolled_back_to_what_was_not_there_or_is_no_longer_approved(session):
    session.has_stack(**OUTPUTS)
    session.has_turns(package=ARN, package_before="")
    with pytest.raises(OperationError, match="approve a version instead"):
        rollback(session, "S", dry_run=False)
    session.has_stack(**OUTPUTS)
    session.has_turns(package_before=ARN)
    session.has_package("Rejected")
    with pytest.raises(OperationError, match="is Rejected; approve it once more"):
        rollback(session, "S", dry_run=False)


def test_weights_are_changed_live(session):
    session.has_stack(**OUTPUTS)
    session.has_variants(Champion=0.5, Challenger=0.5)
    wanted = [
        {"VariantName": "Champion", "DesiredWeight": 0.4},
        {"VariantName": "Challenger", "DesiredWeight": 0.6},
    ]
    asked = {"EndpointName": "hosting", "DesiredWeightsAndCapacities": wanted}
    reply = {"EndpointArn": "arn-of-the-endpoint-as-aws-spells-it"}
    session.answers("update_endpoint_weights_and_capacities", reply, asked)
    weights = dict([weight_of("Champion=0.4"), weight_of("Challenger=0.6")])
    (outcome,) = shift(session, "S", weights, dry_run=False).values()
    assert set(outcome.done) == {"Champion: 0.5 to 0.4", "Challenger: 0.5 to 0.6"}


@pytest.mark.parametrize(
    ("status", "weights", "reason"),
    [
        ("InService", {"Blue": 1.0}, "name each as VARIANT=WEIGHT"),
        ("InService", {"Champion": 0.0}, "one of them above 0"),
        ("Updating", {"Champion": 0.5}, "weights change while it is InService"),
    ],
    ids=["unknown", "nobody", "busy"],
)
def test_weights_that_cannot_be_are_refused(session, status, weights, reason):
    session.has_stack(**OUTPUTS)
    session.has_variants(status, Champion=1.0)
    with pytest.raises(OperationError, match=reason):
        shift(session, "S", weights, dry_run=False)


@pytest.mark.parametrize("text", ["Champion", "=1", "Champion=-1", "Champion=nan", "Champion=x"])
def test_what_is_no_weight_is_no_weight(text):
    with pytest.raises(ValueError):  # noqa: PT011 - argparse says what was wrong
        weight_of(text)


def test_a_stack_that_hosts_nothing_is_told_from_one_that_does(session):
    session.has_stack(QueueUrl="q")
    with pytest.raises(OperationError, match="hosts no model"):
        shift(session, "S", {"A": 1.0}, dry_run=False)
