"""What the sandbox cannot carry out is refused, with the property's name."""

import json

import pytest

from sandbox.services.cloudformation import ignored_properties


def test_a_property_that_would_be_dropped_stops_the_deployment(sandbox, refusal):
    why = refusal(
        It=(
            "AWS::S3::Bucket",
            {
                "BucketName": "refused-inventory",
                "IntelligentTieringConfigurations": [{"Id": "it", "Status": "Enabled"}],
            },
        )
    )
    assert "the sandbox does not carry" in why
    assert "AWS::S3::Bucket.IntelligentTieringConfigurations yet" in why
    buckets = [b["Name"] for b in sandbox.client("s3").list_buckets()["Buckets"]]
    assert "refused-inventory" not in buckets


def test_a_property_deep_inside_is_named_by_its_path(refusal):
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "Invented": 1}
    why = refusal(
        It=(
            "AWS::S3::Bucket",
            {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}},
        )
    )
    assert "BucketEncryption.ServerSideEncryptionConfiguration[].Invented" in why


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::Macie::Session",
        "AWS::LakeFormation::TagAssociation",
        "AWS::SageMaker::MlflowApp",  # where a pipeline is tracked
        "AWS::EMRServerless::Application",  # of the lake, where Spark reads its stream
    ],
)
def test_an_unknown_type_is_refused(sandbox, kind):
    client = sandbox.client("cloudformation")
    body = json.dumps({"Resources": {"It": {"Type": kind}}})
    with pytest.raises(client.exceptions.ClientError, match=kind):
        client.create_stack(StackName="unknown-type", TemplateBody=body)


def test_an_update_that_would_be_dropped_is_refused(deploy, resources):
    stack = deploy(It=("AWS::S3::Bucket", {}))
    tiering = {"IntelligentTieringConfigurations": [{"Id": "it", "Status": "Enabled"}]}
    with pytest.raises(AssertionError, match="IntelligentTieringConfigurations"):
        stack.update(resources(It=("AWS::S3::Bucket", tiering)))


def test_what_has_no_effect_is_listed_with_its_reason():
    assert ignored_properties.reason("AWS::Lambda::Function", "MemorySize")
    assert ignored_properties.reason("AWS::Lambda::Function", "Code.ZipFile") is None
    assert "| `AWS::Lambda::Function` | `MemorySize` |" in ignored_properties.table()
