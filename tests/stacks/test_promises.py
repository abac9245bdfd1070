"""What a stack promises, whatever it is for, of each type of resource that it holds."""

import importlib
from functools import partial

import pytest
from aws_cdk.assertions import Template

from testing.templates import of_type

ALARM = "AWS::CloudWatch::Alarm"
BUCKET = "AWS::S3::Bucket"
HOLDING = (BUCKET, "AWS::SageMaker::ModelPackageGroup")
FUNCTION = "AWS::Lambda::Function"
ROLE = "AWS::IAM::Role"
WORKGROUP = "AWS::Athena::WorkGroup"


@pytest.fixture
def resources(found):
    return partial(of_type, found)


@pytest.mark.about(BUCKET)
def test_every_bucket_is_private_logged_and_takes_tls_only(resources):
    buckets, policies = resources(BUCKET), resources("AWS::S3::BucketPolicy")
    for name, bucket in buckets.items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert "LoggingConfiguration" in bucket or name.startswith("AccessLogs")
    denials = {
        policy["Bucket"]["Ref"]
        for policy in policies.values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert denials == set(buckets)


@pytest.mark.about(BUCKET)
def test_no_two_buckets_log_to_the_same_folder(resources):
    folders = [
        bucket["LoggingConfiguration"]["LogFilePrefix"]
        for bucket in resources(BUCKET).values()
        if "LoggingConfiguration" in bucket
    ]
    assert len(folders) == len(set(folders)) == len(resources(BUCKET)) - 1


@pytest.mark.about(BUCKET)
def test_data_is_under_the_customers_key_with_a_bucket_key(resources):
    private = [b for name, b in resources(BUCKET).items() if not name.startswith("AccessLogs")]
    assert private
    for bucket in private:
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["BucketKeyEnabled"] is True
        assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]["Fn::GetAtt"]


@pytest.mark.about(BUCKET)
def test_what_a_bucket_holds_expires_with_its_old_versions_and_their_markers(resources):
    for bucket in resources(BUCKET).values():
        rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
        assert rules["Expire"]["ExpirationInDays"] >= 1
        assert rules["Expire"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
        assert rules["Expire"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        assert rules["ForgetDeleted"]["ExpiredObjectDeleteMarker"] is True
        assert {rule["Status"] for rule in rules.values()} == {"Enabled"}


def test_nothing_runs_at_deployment_but_cloudformation(found):
    """But a function that only takes away, with the stack, what the stack's machine has made."""
    removes = {
        name
        for name, resource in found["Resources"].items()
        if ".remove_" in resource.get("Properties", {}).get("Handler", "")
    }
    for resource in found["Resources"].values():
        if resource["Type"].startswith(("Custom::", "AWS::CloudFormation::")):
            (called, _) = resource["Properties"]["ServiceToken"]["Fn::GetAtt"]
            assert called in removes


@pytest.mark.about(FUNCTION)
def test_every_function_entry_is_a_real_handler(resources):
    functions = resources(FUNCTION)
    assert functions
    for function in functions.values():
        module, _, name = function["Handler"].rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.about(ALARM)
def test_every_alarm_tells_the_encrypted_topic(resources):
    ((topic, properties),) = (
        (name, topic)
        for name, topic in resources("AWS::SNS::Topic").items()
        if name.startswith("Alerts")
    )
    assert properties["KmsMasterKeyId"]
    alarms = resources(ALARM).values()
    assert alarms
    assert all(alarm["AlarmActions"] == [{"Ref": topic}] for alarm in alarms)


@pytest.mark.about("AWS::SQS::Queue")
def test_a_message_that_fails_alone_is_dead_before_it_is_late(resources):
    """Else it would ring twice."""
    tries = {
        name: queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
        for name, queue in resources("AWS::SQS::Queue").items()
        if "RedrivePolicy" in queue
    }
    late = {
        metric["Metric"]["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: alarm["Threshold"]
        for alarm in resources(ALARM).values()
        for metric in [alarm["Metrics"][0].get("MetricStat", {})]
        if metric.get("Metric", {}).get("MetricName") == "ApproximateAgeOfOldestMessage"
    }
    assert late.keys() == tries.keys()
    assert all(late[queue] > tries[queue] for queue in tries)


@pytest.mark.about(WORKGROUP)
def test_queries_run_on_a_pinned_engine_within_limits_that_users_cannot_lift(found):
    Template.from_json(found).has_resource_properties(
        WORKGROUP,
        {
            "WorkGroupConfiguration": {
                "EnforceWorkGroupConfiguration": True,
                "BytesScannedCutoffPerQuery": 10_000_000_000,
                "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
                "ResultConfiguration": {
                    "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS"},
                },
            }
        },
    )


@pytest.mark.about(ROLE)
def test_a_service_acts_for_this_account_only(resources):
    account = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    by_its_guide = {"StringEquals": {"sts:ExternalId": {"Ref": "AWS::AccountId"}}}
    for role in resources(ROLE).values():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        if trust["Principal"] == {"Service": "firehose.amazonaws.com"}:
            assert trust["Condition"] == by_its_guide
        elif trust["Principal"] != {"Service": "lambda.amazonaws.com"}:
            assert trust["Condition"]["StringEquals"] == account
            assert "aws:SourceArn" in trust["Condition"]["ArnLike"]


@pytest.mark.about(BUCKET)
def test_data_stays_when_the_stack_goes(found):
    resources = found["Resources"].values()
    kept = [r for r in resources if "Retain" in r.get("DeletionPolicy", "")]
    holding = [r["Type"] for r in resources if r["Type"] in HOLDING]
    assert sorted(r["Type"] for r in kept) == sorted(["AWS::KMS::Key", *holding])
    for resource in kept:
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", "a failed first deployment"
        assert resource["UpdateReplacePolicy"] == "Retain"


def test_the_description_fits_within_cloudformations_limit(found):
    assert 0 < len(found["Description"].encode()) < 1024
