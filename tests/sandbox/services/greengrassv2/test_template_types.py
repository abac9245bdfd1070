"""Components and deployments of a template: made, made anew, and not deleted while active."""

import json

import pytest
from botocore.exceptions import WaiterError


def template(version, group):
    recipe = {
        "RecipeFormatVersion": "2020-01-25",
        "ComponentName": f"com.example.{group}",
        "ComponentVersion": version,
        "Manifests": [{"Platform": {"os": "linux"}, "Lifecycle": {"run": "true"}}],
    }
    return json.dumps(
        {
            "Resources": {
                "Birds": {
                    "Type": "AWS::GreengrassV2::ComponentVersion",
                    "Properties": {"InlineRecipe": json.dumps(recipe), "Tags": {"stage": "test"}},
                },
                "Feeders": {
                    "Type": "AWS::IoT::ThingGroup",
                    "Properties": {"ThingGroupName": group},
                },
                "Deployed": {
                    "Type": "AWS::GreengrassV2::Deployment",
                    "Properties": {
                        "TargetArn": {"Fn::GetAtt": ["Feeders", "Arn"]},
                        "Components": {
                            f"com.example.{group}": {
                                "ComponentVersion": {"Fn::GetAtt": ["Birds", "ComponentVersion"]},
                                "ConfigurationUpdate": {"Merge": '{"Site": "x"}'},
                            }
                        },
                        "DeploymentPolicies": {"FailureHandlingPolicy": "ROLLBACK"},
                    },
                },
            },
            "Outputs": {"DeploymentId": {"Value": {"Ref": "Deployed"}}},
        }
    )


def told(sandbox, name):
    (stack,) = sandbox.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return stack["Outputs"][0]["OutputValue"]


def test_a_stack_deploys_replaces_and_goes_once_its_deployment_is_canceled(sandbox, unique):
    cloudformation, name = sandbox.client("cloudformation"), unique("edge")
    greengrass = sandbox.client("greengrassv2")
    cloudformation.create_stack(StackName=name, TemplateBody=template("1.0.0", name))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name)
    first = greengrass.get_deployment(deploymentId=told(sandbox, name))
    assert first["components"] == {
        f"com.example.{name}": {
            "componentVersion": "1.0.0",
            "configurationUpdate": {"merge": '{"Site": "x"}'},
        }
    }
    cloudformation.update_stack(StackName=name, TemplateBody=template("1.0.1", name))
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name)
    second = told(sandbox, name)
    kept = greengrass.list_deployments(targetArn=first["targetArn"], historyFilter="ALL")
    assert [each["deploymentId"] for each in kept["deployments"]] == [second]
    cloudformation.delete_stack(StackName=name)
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
    greengrass.cancel_deployment(deploymentId=second)
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)
    assert greengrass.list_deployments(targetArn=first["targetArn"])["deployments"] == []
