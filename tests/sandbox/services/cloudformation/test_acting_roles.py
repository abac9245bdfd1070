"""CloudFormation has the rights of its caller or of the stack's role, and no more."""

import json

import pytest
from policy_sentry.querying.actions import get_actions_for_service

from sandbox.services.cloudformation import type_actions

TOPIC = {"Resources": {"It": {"Type": "AWS::SNS::Topic", "Properties": {}}}}


@pytest.fixture
def create(sandbox, unique):
    """Create a stack; gives its status at the end, and why resources failed."""

    def run(client, template, **more):
        name, watching = unique("stack"), sandbox.client("cloudformation")
        client.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            **more,
        )
        [stack] = watching.describe_stacks(StackName=name)["Stacks"]
        events = watching.describe_stack_events(StackName=name)["StackEvents"]
        why = [e.get("ResourceStatusReason", "") for e in events if "FAILED" in e["ResourceStatus"]]
        return stack["StackStatus"], " ".join(why), name

    return run


def test_a_caller_without_the_right_deploys_nothing(as_role, statement, create, sandbox):
    cloudformation = statement("cloudformation:*")
    status, why, _ = create(as_role(cloudformation)("cloudformation"), TOPIC)
    assert status.startswith("ROLLBACK")
    assert "not authorized to perform: sns:CreateTopic on resource: arn:" in why
    may = as_role(cloudformation, statement("sns:*"))("cloudformation")
    assert create(may, TOPIC)[0] == "CREATE_COMPLETE"


def test_a_stack_acts_as_its_role_then_and_later(
    as_role, role_for, statement, create, sandbox, eventually
):
    able = role_for("cloudformation.amazonaws.com", statement("sns:*"))
    client = as_role(statement("cloudformation:*"), statement("iam:PassRole"))("cloudformation")
    status, _, name = create(client, TOPIC, RoleARN=able)
    assert status == "CREATE_COMPLETE"
    client.delete_stack(StackName=name)  # without naming the role again
    assert eventually(lambda: _is_gone(sandbox, name))
    unable = role_for("cloudformation.amazonaws.com", statement("sqs:*"))
    _, why, _ = create(sandbox.client("cloudformation"), TOPIC, RoleARN=unable)
    assert "sns:CreateTopic" in why


def _is_gone(sandbox, name):
    found = sandbox.client("cloudformation").list_stacks()["StackSummaries"]
    return [s["StackStatus"] for s in found if s["StackName"] == name] == ["DELETE_COMPLETE"]


def test_a_role_that_does_not_trust_cloudformation_is_refused(sandbox, role_for, refused, unique):
    role = role_for("lambda.amazonaws.com")
    code, message = refused(
        sandbox.client("cloudformation").create_stack,
        StackName=unique("stack"),
        TemplateBody=json.dumps(TOPIC),
        RoleARN=role,
    )
    assert (code, message) == ("ValidationError", f"Role {role} is invalid or cannot be assumed")


def test_a_role_in_a_template_must_be_the_actors_to_pass(as_role, role_for, statement, create):
    role = role_for("states.amazonaws.com")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    properties = {"RoleArn": role, "DefinitionString": definition}
    template = {
        "Resources": {"It": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}
    }
    rights = [statement("cloudformation:*", "states:*")]
    _, why, _ = create(as_role(*rights)("cloudformation"), template)
    assert "iam:PassRole" in why
    passing = statement("iam:PassRole", on=role)
    assert create(as_role(*rights, passing)("cloudformation"), template)[0] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    "cfn_type",
    [
        *type_actions._OTHERS,
        "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::Lambda::Function",
        "AWS::IAM::Role", "AWS::StepFunctions::StateMachine", "AWS::Glue::Table",
        "AWS::Athena::WorkGroup", "AWS::Logs::LogGroup",
    ],
)  # fmt: skip
def test_the_actions_of_a_type_exist(cfn_type):
    for action in (type_actions.making(cfn_type), type_actions.ending(cfn_type)):
        assert action
        assert action in get_actions_for_service(action.partition(":")[0])
