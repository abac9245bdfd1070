"""Conditions on where a stack is deployed."""

import json

import pytest

PARTS = {"AWS::Region": "us-east-1", "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


def equals(name, value):
    return {"Fn::Equals": [{"Ref": name}, value]}


@pytest.fixture
def outputs(sandbox, unique):
    """Deploy a queue under conditions, and tell which of them held."""

    def deploy(conditions):
        client, name = sandbox.client("cloudformation"), unique("stack")
        template = {
            "Conditions": conditions,
            "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
            "Outputs": {n: {"Value": {"Fn::If": [n, "yes", "no"]}} for n in conditions},
        }
        client.create_stack(StackName=name, TemplateBody=json.dumps(template))
        waiter = client.get_waiter("stack_create_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}

    return deploy


def test_a_condition_knows_where_it_is_deployed(outputs):
    held = outputs({f"C{n}": equals(*part) for n, part in enumerate(PARTS.items())})
    assert set(held.values()) == {"yes"}


def test_one_of_several_regions_is_enough_and_another_is_not(outputs):
    others = [equals("AWS::Region", region) for region in ("eu-west-1", "us-west-2")]
    here = equals("AWS::Region", "us-east-1")
    held = outputs({"Here": {"Fn::Or": [*others, here]}, "Elsewhere": {"Fn::Or": others}})
    assert held == {"Here": "yes", "Elsewhere": "no"}
