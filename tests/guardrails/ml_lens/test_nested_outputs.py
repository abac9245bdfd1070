"""Outputs of nested stacks are what stands in their templates, whoever reads them."""

import pytest
from aws_cdk import CfnOutput, CfnParameter, CfnResource, Fn, NestedStack, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from guardrails import guard

RULE = "MlLens-ACC1"


def policy(scope, resource, action="sqs:SendMessage"):
    statement = iam.PolicyStatement(actions=[action], resources=[resource])
    iam.CfnPolicy(
        scope,
        "Send",
        policy_name="send",
        roles=["sender"],
        policy_document=iam.PolicyDocument(statements=[statement]),
    )


def told(app):
    guard(app)
    with pytest.raises(RuntimeError) as failed:
        app.synth()
    return str(failed.value)


def output_of(nested, name):
    return Fn.get_att(Stack.of(nested).resolve(nested.nested_stack_resource.logical_id), name)


@pytest.mark.parametrize("reader", ["parent", "sibling"])
@pytest.mark.parametrize(("value", "found"), [("*", True), ("arn:x:sqs:y:z:work", False)])
def test_a_literal_is_read_through(new_app, reader, value, found):
    shop = Stack(new_app(), "Shop")
    inner = NestedStack(shop, "Inner")
    CfnResource(inner, "H", type="AWS::CloudFormation::WaitConditionHandle")
    CfnOutput(inner, "Target", value=value)
    given = output_of(inner, "Outputs.Target").to_string()
    if reader == "sibling":
        other = NestedStack(shop, "Other", parameters={"Target": given})
        CfnResource(other, "H", type="AWS::CloudFormation::WaitConditionHandle")
        shop = other
        CfnParameter(other, "Target", type="String")
        given = Fn.ref("Target")
    policy(shop, given)
    assert (RULE in told(shop.node.root)) == found


def test_a_queue_of_a_sibling_is_a_queue(new_app):
    shop = Stack(new_app(), "Shop")
    queue = sqs.Queue(NestedStack(shop, "Inner"), "Queue")
    other = NestedStack(shop, "Other")
    policy(other, queue.queue_arn, action="kms:Decrypt")
    assert "kms:Decrypt fits none of its resources" in told(shop.node.root)
