"""The CDK's own custom resources, created and deleted by CloudFormation."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import WaiterError

ANY = {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:none"}


class Stack:
    """A stack under test: called with resources it creates them, and raises when one fails."""

    def __init__(self, cloudformation, name):
        self.cloudformation, self.name = cloudformation, name

    def __call__(self, resources):
        """Create it and wait until it stands."""
        self.cloudformation.create_stack(
            StackName=self.name, TemplateBody=json.dumps({"Resources": resources})
        )
        self._settle("create")

    def delete(self):
        """Delete it and wait until it is gone."""
        self.cloudformation.delete_stack(StackName=self.name)
        self._settle("delete")

    def _settle(self, verb):
        waiter = self.cloudformation.get_waiter(f"stack_{verb}_complete")
        waiter.wait(StackName=self.name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})


@pytest.fixture
def stack(sandbox, unique):
    return Stack(sandbox.client("cloudformation"), unique("stack"))


def test_a_bucket_is_emptied_of_versions_and_markers_before_it_goes(sandbox, stack, unique):
    s3, bucket = sandbox.client("s3"), unique("bucket")
    tag = {"Key": "aws-cdk:auto-delete-objects", "Value": "true"}
    stack(
        {
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": bucket,
                    "VersioningConfiguration": {"Status": "Enabled"},
                    "Tags": [tag],
                },
            },
            "Empty": {
                "Type": "Custom::S3AutoDeleteObjects",
                "Properties": {"ServiceToken": ANY, "BucketName": {"Ref": "Bucket"}},
            },
        }
    )
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="twice", Body=body)
    s3.put_object(Bucket=bucket, Key="deleted", Body=b"")
    s3.delete_object(Bucket=bucket, Key="deleted")
    stack.delete()
    assert bucket not in [held["Name"] for held in s3.list_buckets()["Buckets"]]


@pytest.fixture
def site(sandbox, unique):
    """Make a bucket with an archive in it and an old file; gives the bucket's name."""
    s3, bucket = sandbox.client("s3"), unique("site")
    s3.create_bucket(Bucket=bucket)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.html", "hello <<marker>>")
        files.writestr("sub/data.json", "{}")
        files.writestr("sub/notes.txt", "not wanted")
    s3.put_object(Bucket=bucket, Key="archive.zip", Body=archive.getvalue())
    s3.put_object(Bucket=bucket, Key="www/old.html", Body=b"old")
    return bucket


def deployment(bucket, **more):
    properties = {
        "ServiceToken": ANY,
        "SourceBucketNames": [bucket],
        "SourceObjectKeys": ["archive.zip"],
        "SourceMarkers": [{"<<marker>>": "world"}],
        "DestinationBucketName": bucket,
        "DestinationBucketKeyPrefix": "www",
        "Exclude": ["*.txt"],
        **more,
    }
    return {"Files": {"Type": "Custom::CDKBucketDeployment", "Properties": properties}}


def keys(sandbox, bucket):
    listed = sandbox.client("s3").list_objects_v2(Bucket=bucket, Prefix="www/")
    return [item["Key"] for item in listed.get("Contents", [])]


def test_files_are_deployed_with_their_markers_filled_in(sandbox, stack, site):
    stack(deployment(site))
    page = sandbox.client("s3").get_object(Bucket=site, Key="www/index.html")
    assert page["Body"].read() == b"hello world"
    assert page["ContentType"] == "text/html"
    assert keys(sandbox, site) == ["www/index.html", "www/sub/data.json"]
    stack.delete()
    assert keys(sandbox, site) == ["www/index.html", "www/sub/data.json"]


def test_files_go_when_they_are_not_to_be_retained_and_stay_when_not_pruned(sandbox, stack, site):
    stack(deployment(site, Prune="false", RetainOnDelete="false"))
    assert "www/old.html" in keys(sandbox, site)
    stack.delete()
    assert keys(sandbox, site) == []


def test_a_log_group_gets_its_retention(sandbox, stack, unique):
    logs, group = sandbox.client("logs"), unique("/group")
    properties = {"ServiceToken": ANY, "LogGroupName": group, "RetentionInDays": 7}
    properties["RemovalPolicy"] = "destroy"
    stack({"Logs": {"Type": "Custom::LogRetention", "Properties": properties}})
    [described] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert described["retentionInDays"] == 7
    stack.delete()
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] == []


def test_a_crash_of_a_custom_resource_fails_its_stack_at_once(sandbox, stack, function):
    """AWS would wait for an hour."""
    name = function("def handler(event, context): raise ValueError('no way')")
    arn = sandbox.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    resource = {"Type": "Custom::Mine", "Properties": {"ServiceToken": arn}}
    with pytest.raises(WaiterError):
        stack({"Mine": resource})
    events = sandbox.client("cloudformation").describe_stack_events(StackName=stack.name)
    reasons = [event.get("ResourceStatusReason", "") for event in events["StackEvents"]]
    assert any("no way" in reason for reason in reasons)
