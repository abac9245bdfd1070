"""Templates make pipelines and groups of model packages, and take them away again."""

import json

import pytest

DEFINITION = {
    "Version": "2020-12-01",
    "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no rows"}}],
}


@pytest.fixture
def properties(role, unique):
    def spell(**changes):
        return {
            "PipelineName": unique("pipeline"),
            "PipelineDefinition": {"PipelineDefinitionBody": json.dumps(DEFINITION)},
            "RoleArn": role("sagemaker:*"),
            "Tags": [{"Key": "team", "Value": "a"}],
            **changes,
        }

    return spell


def test_a_pipeline_of_a_template_runs_and_goes_with_its_stack(
    deploy, resources, properties, sagemaker, eventually, refused
):
    given = properties()
    stack = deploy(It=("AWS::SageMaker::Pipeline", given))
    name = stack.id()
    assert name == given["PipelineName"]
    arn = sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
    look = sagemaker.describe_pipeline_execution
    found = eventually(
        lambda: (seen := look(PipelineExecutionArn=arn)).get("FailureReason") and seen
    )
    assert found["FailureReason"] == "no rows"
    changed = {**given, "PipelineDescription": "other", "Tags": [{"Key": "team", "Value": "b"}]}
    stack.update(resources(It=("AWS::SageMaker::Pipeline", changed)))
    shown = sagemaker.describe_pipeline(PipelineName=name)
    assert shown["PipelineDescription"] == "other"
    assert sagemaker.list_tags(ResourceArn=shown["PipelineArn"])["Tags"] == changed["Tags"]
    stack.delete()
    eventually(lambda: _is_gone(sagemaker, name))


def _is_gone(sagemaker, name):
    listed = sagemaker.list_pipelines(PipelineNamePrefix=name)["PipelineSummaries"]
    return not listed


def test_a_definition_from_s3_is_read(deploy, properties, s3, bucket, unique, sagemaker):
    key = unique("definition")
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(DEFINITION).encode())
    place = {"PipelineDefinitionS3Location": {"Bucket": bucket, "Key": key}}
    name = deploy(It=("AWS::SageMaker::Pipeline", properties(PipelineDefinition=place))).id()
    shown = sagemaker.describe_pipeline(PipelineName=name)
    assert json.loads(shown["PipelineDefinition"]) == DEFINITION


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"PipelineDefinition": {"PipelineDefinitionBody": "{}"}}, "Version is None"),
        ({"RoleArn": "arn:aws:iam::000000000000:role/none"}, "Could not assume role"),
        ({"KmsKey": "x"}, "does not carry AWS::SageMaker::Pipeline.KmsKey"),
    ],
    ids=["definition", "role", "property"],
)
def test_a_pipeline_that_cannot_be_made_fails_its_stack(refusal, properties, changes, said):
    assert said in refusal(It=("AWS::SageMaker::Pipeline", properties(**changes)))


def test_a_group_of_a_template_is_named_by_its_arn(deploy, unique, sagemaker):
    name = unique("Visits")
    stack = deploy(
        It=(
            "AWS::SageMaker::ModelPackageGroup",
            {"ModelPackageGroupName": name, "ModelPackageGroupDescription": "of visits"},
        )
    )
    shown = sagemaker.describe_model_package_group(ModelPackageGroupName=name)
    assert shown["ModelPackageGroupArn"] == stack.id()
    assert shown["ModelPackageGroupDescription"] == "of visits"


def test_a_type_that_is_not_carried_out_is_refused(sandbox, refused, unique):
    card = {"ModelCardName": "a", "ModelCardStatus": "Draft", "Content": {}}
    template = {"Resources": {"It": {"Type": "AWS::SageMaker::ModelCard", "Properties": card}}}
    create = sandbox.client("cloudformation").create_stack
    _, said = refused(create, StackName=unique("stack"), TemplateBody=json.dumps(template))
    assert "Unrecognized resource types: [AWS::SageMaker::ModelCard]" in said
