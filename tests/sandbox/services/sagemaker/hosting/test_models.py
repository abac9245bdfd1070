"""Models and configurations: what is taken, with whose rights, and what is refused."""

from typing import Any

import pytest

from sandbox.services.sagemaker.roles import PRINCIPAL


def test_a_model_is_described_as_it_was_created(contract, make_model):
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    name = make_model(more={"VpcConfig": vpc, "EnableNetworkIsolation": True})
    shown = contract("sagemaker").describe_model(ModelName=name)
    assert shown["VpcConfig"] == vpc
    assert shown["EnableNetworkIsolation"] is True
    assert shown["PrimaryContainer"]["Environment"]["SAGEMAKER_PROGRAM"] == "inference.py"
    assert shown["ModelArn"].endswith(f":model/{name}")
    listed = contract("sagemaker").list_models(NameContains=name)["Models"]
    assert [each["ModelName"] for each in listed] == [name]
    contract("sagemaker").delete_model(ModelName=name)
    assert contract("sagemaker").list_models(NameContains=name)["Models"] == []


@pytest.mark.parametrize(
    "rights",
    [("logs:*",), ("s3:ListBucket",), ("s3:PutObject", "kms:*")],
    ids=["logs", "list", "put"],
)
def test_a_role_that_may_not_read_the_data_makes_no_model(
    sandbox, refused, model_data, container, hosting_role, unique, rights
):
    code, said = refused(
        sandbox.client("sagemaker").create_model,
        ModelName=unique("model"),
        PrimaryContainer=container(model_data()),
        ExecutionRoleArn=hosting_role(*rights),
    )
    assert code == "ValidationException"
    assert said.startswith("Could not access model data at s3://")


def test_the_key_of_a_models_data_must_be_the_roles_to_use(
    sandbox, refused, model_data, make_bucket, container, hosting_role, unique, key, make_model
):
    bucket = make_bucket(key())
    call = {
        "ModelName": unique("model"),
        "PrimaryContainer": container(model_data(bucket=bucket)),
        "ExecutionRoleArn": hosting_role("s3:GetObject", "s3:ListBucket"),
    }
    code, said = refused(sandbox.client("sagemaker").create_model, **call)
    assert (code, "kms:Decrypt" in said) == ("ValidationException", True)
    make_model(bucket=bucket)


def test_who_makes_a_model_must_be_allowed_to_pass_its_role(
    allowed_to, refused, model_data, container, hosting_role, unique
):
    call = {
        "ModelName": unique("model"),
        "PrimaryContainer": container(model_data()),
        "ExecutionRoleArn": hosting_role(),
    }
    code, said = refused(allowed_to("sagemaker", "sagemaker:CreateModel").create_model, **call)
    assert (code, "iam:PassRole" in said) == ("AccessDeniedException", True)
    code, said = refused(allowed_to("sagemaker", "iam:PassRole").create_model, **call)
    assert (code, "sagemaker:CreateModel" in said) == ("AccessDeniedException", True)
    allowed_to("sagemaker", "iam:PassRole", "sagemaker:CreateModel").create_model(**call)


def test_a_role_may_ask_for_which_model_it_is_assumed(
    sandbox, refused, model_data, container, unique, arn, policy, statement
):
    iam, name = sandbox.client("iam"), unique("model")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": PRINCIPAL},
        "Action": "sts:AssumeRole",
        "Condition": {"ArnEquals": {"aws:SourceArn": arn("sagemaker", f"model/{name}")}},
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    rights = policy(statement("s3:GetObject"))
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=rights)
    call = {"PrimaryContainer": container(model_data()), "ExecutionRoleArn": role}
    create = sandbox.client("sagemaker").create_model
    code, said = refused(create, ModelName=unique("other"), **call)
    assert (code, "Could not assume role" in said) == ("ValidationException", True), said
    create(ModelName=name, **call)


def change(call, **parts):
    for path, value in parts.items():
        inner, *names = path.split("__")
        place = call
        for name in names:
            place = place[inner]
            inner = name
        if value is None:
            place.pop(inner)
        else:
            place[inner] = value
    return call


REGISTRY = f"{'0' * 12}.dkr.ecr.us-east-1.amazonaws.com"
REFUSED_MODELS: dict[str, Any] = {
    "no role": ({"ExecutionRoleArn": None}, "ExecutionRoleArn is missing"),
    "no archive": (
        {"PrimaryContainer__ModelDataUrl": "s3://models/model.json"},
        "must be a tar archive",
    ),
    "an image of a team": (
        {"PrimaryContainer__Image": f"{REGISTRY}/mine:1"},
        "the sandbox cannot run the image",
    ),
    "another release": (
        {"PrimaryContainer__Image": f"{REGISTRY}/sagemaker-xgboost:1.7-1"},
        "the sandbox cannot run the image",
    ),
    "code elsewhere": (
        {"PrimaryContainer__Environment__SAGEMAKER_SUBMIT_DIRECTORY": "s3://code/code.tar.gz"},
        "/opt/ml/model/code",
    ),
    "several models by a script": (
        {"PrimaryContainer__Mode": "MultiModel"},
        "Multi model not supported in script mode",
    ),
    "a private registry": (
        {"PrimaryContainer__ImageConfig": {"RepositoryAccessMode": "Vpc"}},
        "the sandbox does not carry ContainerDefinition.ImageConfig",
    ),
    "no container": ({"PrimaryContainer": None}, "either PrimaryContainer or Containers"),
}


@pytest.mark.parametrize("changed", REFUSED_MODELS)
def test_a_model_that_cannot_run_is_refused_by_name(
    sandbox, refused, model_data, container, hosting_role, unique, changed
):
    parts, words = REFUSED_MODELS[changed]
    call = {
        "ModelName": unique("model"),
        "PrimaryContainer": container(model_data()),
        "ExecutionRoleArn": hosting_role(),
    }
    code, said = refused(sandbox.client("sagemaker").create_model, **change(call, **parts))
    assert code == "ValidationException"
    assert words in said


def test_names_are_given_once_and_found_or_not(contract, refused, make_model, make_config):
    sagemaker, model = contract("sagemaker"), make_model()
    config = make_config(Only=model)
    shown = sagemaker.describe_endpoint_config(EndpointConfigName=config)
    assert shown["ProductionVariants"][0]["ModelName"] == model
    variant = {"VariantName": "v", "ModelName": model, "InitialInstanceCount": 1}
    variant["InstanceType"] = "ml.m5.large"
    for call, given, words in (
        (
            sagemaker.create_endpoint_config,
            {"EndpointConfigName": config, "ProductionVariants": [variant]},
            "Cannot create already existing endpoint configuration",
        ),
        (sagemaker.describe_model, {"ModelName": "none"}, "Could not find model"),
        (sagemaker.describe_endpoint, {"EndpointName": "none"}, "Could not find endpoint"),
        (
            sagemaker.create_endpoint,
            {"EndpointName": "e", "EndpointConfigName": "none"},
            "Could not find endpoint configuration",
        ),
    ):
        code, said = refused(call, **given)
        assert (code, words in said) == ("ValidationException", True), said
    sagemaker.delete_endpoint_config(EndpointConfigName=config)
    code, _ = refused(sagemaker.describe_endpoint_config, EndpointConfigName=config)
    assert code == "ValidationException"


REFUSED_CONFIGS: dict[str, Any] = {
    "no model": ({"ModelName": "none"}, {}, "Could not find model"),
    "no instances": ({"InitialInstanceCount": None}, {}, "needs InitialInstanceCount"),
    "no weight": ({"InitialVariantWeight": 0.0}, {}, "must be above 0"),
    "both kinds": (
        {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}},
        {},
        "both ServerlessConfig and instances",
    ),
    "scaling by the instance": (
        {"ManagedInstanceScaling": {"Status": "ENABLED"}},
        {},
        "does not carry out ManagedInstanceScaling",
    ),
    "an accelerator": ({"AcceleratorType": "ml.eia2.medium"}, {}, "AcceleratorType"),
    "a shadow": ({}, {"ShadowProductionVariants": []}, "ShadowProductionVariants"),
    "a missing key": ({}, {"KmsKeyId": "alias/none"}, "Invalid KMS key"),
}


@pytest.mark.parametrize("changed", REFUSED_CONFIGS)
def test_a_configuration_that_cannot_work_is_refused(
    contract, refused, make_model, unique, changed
):
    parts, more, words = REFUSED_CONFIGS[changed]
    variant = {"VariantName": "v", "ModelName": make_model(), "InitialInstanceCount": 1}
    variant = change(variant | {"InstanceType": "ml.m5.large"}, **parts)
    if "ShadowProductionVariants" in more:
        more = {"ShadowProductionVariants": [variant]}
    code, said = refused(
        contract("sagemaker").create_endpoint_config,
        EndpointConfigName=unique("config"),
        ProductionVariants=[variant],
        **more,
    )
    assert (code, words in said) == ("ValidationException", True), said


def test_serverless_takes_no_capture_and_no_isolation(contract, refused, make_model, unique):
    serverless = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 2}}
    capture = {
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": "s3://captured/x",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    for model, more, words in (
        (make_model(more={"EnableNetworkIsolation": True}), {}, "network isolation"),
        (make_model(), {"DataCaptureConfig": capture}, "data capture"),
    ):
        code, said = refused(
            contract("sagemaker").create_endpoint_config,
            EndpointConfigName=unique("config"),
            ProductionVariants=[{"VariantName": "v", "ModelName": model, **serverless}],
            **more,
        )
        assert (code, words in said) == ("ValidationException", True), said
