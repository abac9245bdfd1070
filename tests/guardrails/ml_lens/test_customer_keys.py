"""ENC1."""

import pytest

from guardrails.ml_lens.customer_keys import RULE

KEY: tuple[str, dict[str, str]] = ("AWS::KMS::Key", {})
ARN = {"Fn::GetAtt": ["Key", "Arn"]}


def bucket(algorithm, **more):
    default = {"SSEAlgorithm": algorithm, **more}
    rule = {"ServerSideEncryptionByDefault": default}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


def workgroup(key, enforce=True, option="SSE_KMS"):
    encryption = {"EncryptionOption": option, "KmsKey": key}
    return {
        "WorkGroupConfiguration": {
            "EnforceWorkGroupConfiguration": enforce,
            "ResultConfiguration": {"EncryptionConfiguration": encryption},
        }
    }


def machine(key, kind="CUSTOMER_MANAGED_KMS_KEY"):
    return {"EncryptionConfiguration": {"Type": kind, "KmsKeyId": key}}


COMPLIANT = [
    ("AWS::S3::Bucket", bucket("aws:kms", KMSMasterKeyID=ARN)),
    ("AWS::SQS::Queue", {"KmsMasterKeyId": ARN}),
    ("AWS::SNS::Topic", {"KmsMasterKeyId": {"Ref": "Key"}}),
    ("AWS::Logs::LogGroup", {"KmsKeyId": ARN}),
    ("AWS::DynamoDB::Table", {"SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": ARN}}),
    ("AWS::Athena::WorkGroup", workgroup(ARN)),
    ("AWS::StepFunctions::StateMachine", machine(ARN)),
    (
        "AWS::SQS::Queue",
        {"KmsMasterKeyId": {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:1:key/k"}},
    ),
]
VIOLATING = [
    ("AWS::S3::Bucket", {}),
    ("AWS::S3::Bucket", bucket("AES256")),
    ("AWS::S3::Bucket", bucket("aws:kms")),
    ("AWS::S3::Bucket", bucket("aws:kms", KMSMasterKeyID="alias/aws/s3")),
    ("AWS::SQS::Queue", {}),
    ("AWS::SQS::Queue", {"SqsManagedSseEnabled": True}),
    ("AWS::SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"}),
    ("AWS::Logs::LogGroup", {}),
    ("AWS::DynamoDB::Table", {"SSESpecification": {"SSEEnabled": True}}),
    ("AWS::Athena::WorkGroup", workgroup(ARN, enforce=False)),
    ("AWS::Athena::WorkGroup", workgroup(ARN, option="SSE_S3")),
    ("AWS::Logs::LogGroup", {"KmsKeyId": {"Ref": "SomeParameter"}}),
    ("AWS::StepFunctions::StateMachine", {}),
    ("AWS::StepFunctions::StateMachine", machine(ARN, kind="AWS_OWNED_KEY")),
]


@pytest.mark.parametrize("resource", COMPLIANT)
def test_a_store_with_a_customer_key_passes(found, resource):
    assert found(RULE, Key=KEY, Store=resource) == []


@pytest.mark.parametrize("resource", VIOLATING)
def test_a_store_without_one_is_found(found, resource):
    assert [f.logical_id for f in found(RULE, Key=KEY, Store=resource)] == ["Store"]


def test_a_key_that_only_the_deployment_knows_is_not_taken_for_granted(found):
    choice = {"Fn::If": ["Encrypted", ARN, {"Ref": "AWS::NoValue"}]}
    [finding] = found(RULE, Key=KEY, Store=("AWS::SQS::Queue", {"KmsMasterKeyId": choice}))
    assert "cannot be decided" in finding.detail


def test_only_a_bucket_that_receives_access_logs_may_use_keys_of_s3(found):
    logged = {
        **bucket("aws:kms", KMSMasterKeyID=ARN),
        "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Target"}},
    }
    target = ("AWS::S3::Bucket", bucket("AES256"))
    assert found(RULE, Key=KEY, Store=("AWS::S3::Bucket", logged), Target=target) == []
