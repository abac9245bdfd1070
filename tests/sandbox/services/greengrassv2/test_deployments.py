"""Deployments: one revision after another for a target, of components that there are."""

import json

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def greengrass(contract):
    return contract("greengrassv2")


@pytest.fixture
def group(sandbox, unique):
    iot, name = sandbox.client("iot"), unique("feeders")
    yield iot.create_thing_group(thingGroupName=name)["thingGroupArn"]
    iot.delete_thing_group(thingGroupName=name)


@pytest.fixture
def component(greengrass, unique):
    name = unique("com.example.birds")
    said = {
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": name,
        "ComponentVersion": "1.0.0",
        "Manifests": [{"Platform": {"os": "linux"}, "Lifecycle": {"run": "true"}}],
    }
    arn = greengrass.create_component_version(inlineRecipe=json.dumps(said).encode())["arn"]
    yield name
    greengrass.delete_component(arn=arn)


def wanted(name, version="1.0.0", **update):
    more = {"configurationUpdate": update} if update else {}
    return {name: {"componentVersion": version, **more}}


def test_a_revision_takes_the_place_of_the_one_before(greengrass, group, component):
    first = greengrass.create_deployment(
        targetArn=group,
        deploymentName="feeders",
        components=wanted(component, merge='{"site": "garden"}')
        | wanted("aws.greengrass.NucleusLite", "2.1.0"),
        deploymentPolicies={"failureHandlingPolicy": "ROLLBACK"},
        tags={"stage": "test"},
    )
    told = greengrass.get_deployment(deploymentId=first["deploymentId"])
    assert (told["deploymentStatus"], told["isLatestForTarget"]) == ("ACTIVE", True)
    assert told["components"][component]["configurationUpdate"] == {"merge": '{"site": "garden"}'}
    assert told["deploymentPolicies"] == {"failureHandlingPolicy": "ROLLBACK"}
    assert told["tags"] == {"stage": "test"}
    second = greengrass.create_deployment(targetArn=group, components=wanted(component))
    history = greengrass.list_deployments(targetArn=group, historyFilter="ALL")["deployments"]
    assert [
        (
            each["deploymentId"],
            each["revisionId"],
            each["deploymentStatus"],
            each["isLatestForTarget"],
        )
        for each in history
    ] == [
        (second["deploymentId"], "2", "ACTIVE", True),
        (first["deploymentId"], "1", "INACTIVE", False),
    ]
    (latest,) = greengrass.list_deployments(targetArn=group)["deployments"]
    assert latest["deploymentId"] == second["deploymentId"]


def test_a_token_asks_for_the_same_deployment_twice(greengrass, group):
    asked = {"targetArn": group, "clientToken": "b" * 40}
    first, again = (greengrass.create_deployment(**asked) for _ in range(2))
    assert again["deploymentId"] == first["deploymentId"]
    assert len(greengrass.list_deployments(targetArn=group)["deployments"]) == 1


def test_an_active_one_is_canceled_before_it_is_deleted(greengrass, group):
    named = {"deploymentId": greengrass.create_deployment(targetArn=group)["deploymentId"]}
    with pytest.raises(greengrass.exceptions.ConflictException, match="cancel it before"):
        greengrass.delete_deployment(**named)
    greengrass.cancel_deployment(**named)
    assert greengrass.get_deployment(**named)["deploymentStatus"] == "CANCELED"
    with pytest.raises(greengrass.exceptions.ConflictException, match="only an ACTIVE one"):
        greengrass.cancel_deployment(**named)
    greengrass.delete_deployment(**named)
    with pytest.raises(greengrass.exceptions.ResourceNotFoundException):
        greengrass.get_deployment(**named)


@pytest.mark.parametrize(
    ("components", "says"),
    [
        (wanted("com.example.nobody"), "there is no version '1.0.0'"),
        (wanted("aws.greengrass.Nobody"), "the sandbox knows aws.greengrass.Cli"),
        (wanted("aws.greengrass.Cli", merge="{"), "merge is not JSON"),
        (wanted("aws.greengrass.Cli", merge="[1]"), "it is an object"),
        (wanted("aws.greengrass.Cli", reset=["site"]), "allowed: JSON pointers"),
    ],
)
def test_what_no_device_could_do_is_refused_with_why(greengrass, group, components, says):
    with pytest.raises(greengrass.exceptions.ValidationException) as refused:
        greengrass.create_deployment(targetArn=group, components=components)
    assert says in str(refused.value)


def test_a_target_is_a_thing_or_a_group_that_there_is(greengrass, group):
    with pytest.raises(greengrass.exceptions.ResourceNotFoundException):
        greengrass.create_deployment(targetArn=f"{group}-of-nobody")
    with pytest.raises(greengrass.exceptions.ValidationException, match="targetArn"):
        greengrass.create_deployment(targetArn="arn:aws:iot:us-east-1:000000000000:policy/a")


def test_who_deploys_needs_rights_of_iot_too(greengrass, group, as_role):
    of_greengrass = {"Effect": "Allow", "Action": "greengrass:*", "Resource": "*"}
    lacking = as_role(of_greengrass)("greengrassv2")
    with pytest.raises(ClientError, match="iot:DescribeThingGroup"):
        lacking.create_deployment(targetArn=group)
    needed = ["iot:DescribeThingGroup", "iot:CreateJob"]
    of_iot = {"Effect": "Allow", "Action": needed, "Resource": group}
    having = as_role(of_greengrass, of_iot)("greengrassv2")
    made = having.create_deployment(targetArn=group)["deploymentId"]
    with pytest.raises(ClientError, match="iot:DescribeJob"):
        having.cancel_deployment(deploymentId=made)
