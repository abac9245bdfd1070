"""What the machine has made goes with the stack, whatever state it is in."""

from types import SimpleNamespace

import boto3
import pytest

from model_hosting import remove_endpoint
from model_hosting.remove_endpoint import Removal
from testing.clock import Clock
from testing.stubs import Stubs, clients_of

NAME = "modelhosting"
GONE = ("ValidationException", 'Could not find endpoint "arn".')
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


@pytest.fixture(scope="module")
def clients():
    return clients_of("sagemaker", "application-autoscaling")


@pytest.fixture
def aws(clients):
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


@pytest.fixture
def removal(clients):
    clock = Clock()
    made = Removal(NAME, clients["sagemaker"], clients["application-autoscaling"], clock.sleep)
    return SimpleNamespace(all=lambda seconds: made.all(lambda: seconds - clock() + 1000.0))


def targets(aws, *names):
    found = [
        {**TARGET, "ResourceId": n, "MinCapacity": 1, "MaxCapacity": 2, "RoleARN": "r" * 20,
         "CreationTime": 0} for n in names
    ]  # fmt: skip
    asked = {"ServiceNamespace": "sagemaker"}
    aws.answers("describe_scalable_targets", {"ScalableTargets": found}, asked)


def described(aws, status):
    told = {
        "EndpointName": NAME, "EndpointArn": "arn-of-the-endpoint-as-aws-spells-it",
        "EndpointConfigName": "c", "EndpointStatus": status, "CreationTime": 0,
        "LastModifiedTime": 0,
    }  # fmt: skip
    aws.answers("describe_endpoint", told, {"EndpointName": NAME})


def lists(aws, *names):
    arn = "arn-of-something-as-aws-spells-it"
    aws.answers(
        "list_endpoint_configs",
        {"EndpointConfigs": [
            {"EndpointConfigName": n, "EndpointConfigArn": arn, "CreationTime": 0} for n in names
        ]},
        {"NameContains": NAME},
    )  # fmt: skip
    return arn


def test_endpoint_scaling_configurations_and_models_are_taken_away_and_others_are_not(aws, removal):
    own = f"endpoint/{NAME}/variant/Champion"
    targets(aws, own, "endpoint/modelhosting-prod/variant/Champion", "endpoint/other/variant/A")
    aws.answers("deregister_scalable_target", {}, {**TARGET, "ResourceId": own})
    described(aws, "InService")
    aws.answers("delete_endpoint", {}, {"EndpointName": NAME})
    described(aws, "Deleting")
    aws.answers("delete_endpoint", {}, {"EndpointName": NAME})
    aws.fails("describe_endpoint", *GONE)
    arn = lists(aws, f"{NAME}-v3-0a", f"{NAME}-prod-v3-0a", f"a-{NAME}-v3")
    aws.answers("delete_endpoint_config", {}, {"EndpointConfigName": f"{NAME}-v3-0a"})
    models = [{"ModelName": n, "ModelArn": arn, "CreationTime": 0} for n in (f"{NAME}-v3-0a",)]
    aws.answers("list_models", {"Models": models}, {"NameContains": NAME})
    aws.answers("delete_model", {}, {"ModelName": f"{NAME}-v3-0a"})
    removal.all(900)


def test_where_nothing_was_ever_deployed_there_is_nothing_to_take_away(aws, removal):
    targets(aws)
    aws.fails("describe_endpoint", *GONE)
    lists(aws)
    aws.answers("list_models", {"Models": []})
    removal.all(900)


def test_an_endpoint_in_the_middle_of_an_update_is_waited_for_and_given_up_in_time(aws, removal):
    targets(aws)
    for _ in range(3):
        described(aws, "Updating")
        aws.fails("delete_endpoint", "ValidationException", "Cannot delete: it is being updated.")
    described(aws, "Updating")
    with pytest.raises(TimeoutError, match="delete the stack once more"):
        removal.all(34)


def test_what_is_denied_is_no_absence(aws, removal):
    targets(aws)
    aws.fails("describe_endpoint", "AccessDeniedException", "You may not.", 403)
    with pytest.raises(Exception, match="You may not"):
        removal.all(900)


def event(kind):
    return {"RequestType": kind, "ResourceProperties": {"EndpointName": NAME}}


CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_nothing_is_made_or_changed(monkeypatch, kind):
    monkeypatch.setattr(boto3, "client", lambda name: pytest.fail(f"{name} was asked"))
    remove_endpoint.remove(event(kind), CONTEXT)


def test_all_goes_with_the_resource_in_the_time_that_there_is(monkeypatch):
    asked = []
    monkeypatch.setattr(boto3, "client", lambda name: None)
    monkeypatch.setattr(Removal, "all", lambda _, seconds_left: asked.append(seconds_left()))
    remove_endpoint.remove(event("Delete"), CONTEXT)
    assert asked == [900]
