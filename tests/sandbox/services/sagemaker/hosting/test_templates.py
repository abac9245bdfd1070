"""Models, endpoints and their scaling in templates: made, changed and taken away by their stack."""

import json

import pytest


@pytest.fixture
def deployed(sandbox, unique):
    """Deploy a template; gives its stack's name and outputs, gone after the test."""
    cloudformation, made = sandbox.client("cloudformation"), []

    def put(template, name=None):
        body = json.dumps(template)
        if name is None:
            name = unique("stack")
            cloudformation.create_stack(StackName=name, TemplateBody=body)
            made.append(name)
        else:
            cloudformation.update_stack(StackName=name, TemplateBody=body)
        while True:
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        print([each.get("ResourceStatusReason") for each in events])  # shown if the test fails
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
        return name, stack["StackStatus"], outputs

    yield put
    for name in made:
        cloudformation.delete_stack(StackName=name)


@pytest.fixture
def template(container, hosting_role):
    """Spell a template of an endpoint that is scaled."""
    role = hosting_role()

    def spell(uri, weight="1"):
        variant = {
            "VariantName": "Only",
            "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
            "InitialInstanceCount": "2",
            "InstanceType": "ml.m5.large",
            "InitialVariantWeight": weight,
        }
        endpoint = {"Fn::GetAtt": ["Endpoint", "EndpointName"]}
        resource = {"Fn::Join": ["", ["endpoint/", endpoint, "/variant/Only"]]}
        tracked = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
        resources = {
            "Model": ("SageMaker::Model", {
                "PrimaryContainer": container(uri),
                "ExecutionRoleArn": role,
                "EnableNetworkIsolation": "true",
            }),
            "Config": ("SageMaker::EndpointConfig", {"ProductionVariants": [variant]}),
            "Endpoint": ("SageMaker::Endpoint", {
                "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
                "RetainAllVariantProperties": "false",
            }),
            "Target": ("ApplicationAutoScaling::ScalableTarget", {
                "ServiceNamespace": "sagemaker",
                "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
                "ResourceId": resource,
                "MinCapacity": "2",
                "MaxCapacity": "4",
            }),
            "Policy": ("ApplicationAutoScaling::ScalingPolicy", {
                "PolicyName": "Load",
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": {"Ref": "Target"},
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": "100",
                    "PredefinedMetricSpecification": tracked,
                },
            }),
        }  # fmt: skip
        return {
            "Resources": {
                name: {"Type": f"AWS::{kind}", "Properties": properties}
                for name, (kind, properties) in resources.items()
            },
            "Outputs": {"Endpoint": {"Value": endpoint}, "Target": {"Value": {"Ref": "Target"}}},
        }

    return spell


def test_a_stack_makes_changes_and_deletes_an_endpoint(
    sandbox, contract, deployed, template, model_data, ask
):
    sagemaker, scaling = contract("sagemaker"), contract("application-autoscaling")
    name, status, outputs = deployed(template(model_data(answer="old")))
    assert status == "CREATE_COMPLETE"
    endpoint = outputs["Endpoint"]
    assert ask(endpoint)["answer"] == "old"
    resource = f"endpoint/{endpoint}/variant/Only"
    assert outputs["Target"] == f"{resource}|sagemaker:variant:DesiredInstanceCount|sagemaker"
    (target,) = scaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource]
    )["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    (policy,) = scaling.describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=resource
    )["ScalingPolicies"]
    assert len(policy["Alarms"]) == 2
    models = len(sagemaker.list_models(NameContains=name)["Models"])
    _, status, _ = deployed(template(model_data(answer="new")), name)
    assert status == "UPDATE_COMPLETE"
    assert ask(endpoint)["answer"] == "new"
    assert len(sagemaker.list_models(NameContains=name)["Models"]) == models  # the old one is gone
    cloudformation = sandbox.client("cloudformation")
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )
    assert sagemaker.list_models(NameContains=name)["Models"] == []
    assert sagemaker.list_endpoints(NameContains=name)["Endpoints"] == []
    assert sagemaker.list_endpoint_configs(NameContains=name)["EndpointConfigs"] == []
    found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
    assert found["ScalableTargets"] == []


def test_a_stack_whose_model_does_not_load_is_rolled_back(deployed, template, model_data, contract):
    name, status, _ = deployed(template(model_data(ends_at_load=True)))
    assert status == "ROLLBACK_COMPLETE"
    assert contract("sagemaker").list_models(NameContains=name)["Models"] == []
