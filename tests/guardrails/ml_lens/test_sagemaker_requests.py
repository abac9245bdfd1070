"""SMK1 to SMK5 read the same requests: of resources, tasks and the steps of pipelines."""

import json

import pytest

from guardrails.ml_lens import (
    captured_data,
    encrypted_jobs,
    encrypted_traffic,
    isolated_containers,
    private_containers,
)
from guardrails.ml_lens.examples import KEY_ARN, VPC, one
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.sagemaker_requests import PIPELINE

RULES = [
    module.RULE
    for module in (
        *(isolated_containers, private_containers, encrypted_jobs),
        *(encrypted_traffic, captured_data),
    )
]
NETWORK = {
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": True,
    "VpcConfig": {"Subnets": ["s"], "SecurityGroupIds": ["g"]},
}
TRAINING = {
    **NETWORK,
    "ResourceConfig": {"VolumeKmsKeyId": "k"},
    "OutputDataConfig": {"KmsKeyId": "k"},
}
PROCESSING = {
    "NetworkConfig": NETWORK,
    "ProcessingResources": {"ClusterConfig": {"VolumeKmsKeyId": "k"}},
    "ProcessingOutputConfig": {"KmsKeyId": "k"},
}
TRANSFORM = {
    "TransformResources": {"VolumeKmsKeyId": "k"},
    "TransformOutput": {"KmsKeyId": "k"},
}
GOOD = {
    "TrainingJob": TRAINING,
    "ProcessingJob": PROCESSING,
    "HyperParameterTuningJob": {"TrainingJobDefinition": TRAINING},
    "TransformJob": TRANSFORM,
    "Model": {"EnableNetworkIsolation": True, "VpcConfig": NETWORK["VpcConfig"]},
    "EndpointConfig": {"KmsKeyId": "k"},
}
STEP = {"TrainingJob": "Training", "ProcessingJob": "Processing", "TransformJob": "Transform"}


def task(kind, arguments, name="Arguments", sdk=""):
    state = {"Type": "Task", "Resource": f"arn:x:states:::{sdk}sagemaker:create{kind}.sync"}
    inner = {"StartAt": "T", "States": {"T": {**state, name: arguments, "End": True}}}
    outer = {"Type": "Map", "ItemProcessor": inner, "End": True}
    return one(MACHINE, DefinitionString=json.dumps({"StartAt": "M", "States": {"M": outer}}))


def step(kind, arguments):
    inner = {"Name": "S", "Type": STEP[kind], "Arguments": arguments}
    outer = {"Name": "C", "Type": "Condition", "Arguments": {"IfSteps": [inner]}}
    body = json.dumps({"Version": "2020-12-01", "Steps": [outer]})
    return one(PIPELINE, PipelineDefinition={"PipelineDefinitionBody": body})


def found(found_in, template):
    return [finding for rule in RULES for finding in found_in(rule, template)]


def weakened(value):
    """Yield the value with one thing left out, or one flag false, at any depth."""
    for name, inner in value.items():
        yield {k: v for k, v in value.items() if k != name}
        if inner is True:
            yield {**value, name: False}
            yield {**{k: v for k, v in value.items() if k != name}, f"{name}.$": "$.flag"}
        if isinstance(inner, dict):
            yield from ({**value, name: one_} for one_ in weakened(inner))


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("name", ["Arguments", "Parameters"])
@pytest.mark.parametrize("sdk", ["", "aws-sdk:"])
def test_a_good_task_passes(found_in, kind, name, sdk):
    assert found(found_in, task(kind, GOOD[kind], name, sdk)) == []


@pytest.mark.parametrize("kind", GOOD)
def test_whatever_a_task_leaves_out_is_found(found_in, kind):
    assert all(found(found_in, task(kind, worse)) for worse in weakened(GOOD[kind]))


@pytest.mark.parametrize("kind", STEP)
def test_the_steps_of_a_pipeline_are_read_inside_of_conditions(found_in, kind):
    assert found(found_in, step(kind, GOOD[kind])) == []
    assert found(found_in, step(kind, {})) != []


def test_a_choice_of_the_run_cannot_be_decided(found_in):
    chosen = {**TRAINING, "EnableNetworkIsolation": {"Get": "Parameters.Isolated"}}
    assert found(found_in, step("TrainingJob", chosen)) != []
    expression = {**TRAINING, "EnableNetworkIsolation": "{% $isolated %}"}
    assert "cannot be decided" in found(found_in, task("TrainingJob", expression))[0].detail


def test_a_definition_from_elsewhere_cannot_be_decided(found_in):
    location = {"PipelineDefinitionS3Location": {"Bucket": "b", "Key": "k"}}
    assert found(found_in, one(PIPELINE, PipelineDefinition=location)) != []
    assert found(found_in, one(MACHINE, DefinitionS3Location={"Bucket": "b", "Key": "k"})) != []


def test_a_serverless_endpoint_has_no_volume_to_encrypt(found_in):
    variants = [{"ModelName": "m", "ServerlessConfig": {"MaxConcurrency": 1}}]
    config = one("AWS::SageMaker::EndpointConfig", ProductionVariants=variants)
    assert found(found_in, config) == []


def test_an_instance_with_a_volume_of_its_own_takes_no_key(found_in):
    variants = [{"ModelName": "m", "InstanceType": "ml.g5.xlarge"}]
    config = one("AWS::SageMaker::EndpointConfig", ProductionVariants=variants)
    assert found(found_in, config) == []


@pytest.mark.parametrize(
    "kind", ["DataQuality", "ModelQuality", "ModelBias", "ModelExplainability"]
)
def test_a_monitoring_job_is_read_as_a_resource(found_in, kind):
    good = {
        "NetworkConfig": {**NETWORK, "VpcConfig": VPC},
        "JobResources": {"ClusterConfig": {"VolumeKmsKeyId": KEY_ARN}},
        f"{kind}JobOutputConfig": {"KmsKeyId": KEY_ARN},
    }
    type_ = f"AWS::SageMaker::{kind}JobDefinition"
    assert found(found_in, one(type_, **good)) == []
    for worse in weakened(good):
        assert found(found_in, one(type_, **worse)) != []


def test_a_schedule_is_read_unless_it_names_its_definition(found_in):
    inline = {"MonitoringScheduleConfig": {"MonitoringJobDefinition": {"RoleArn": "r"}}}
    named = {"MonitoringScheduleConfig": {"MonitoringJobDefinitionName": "quality"}}
    assert found(found_in, one("AWS::SageMaker::MonitoringSchedule", **inline)) != []
    assert found(found_in, one("AWS::SageMaker::MonitoringSchedule", **named)) == []
