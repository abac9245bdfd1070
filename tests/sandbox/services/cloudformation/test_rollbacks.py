"""A creation that fails is rolled back: what stays is what its policy, or its content, says."""

import json
import time

import pytest

from sandbox.host.client import Sandbox

QUEUE = "AWS::SQS::Queue"
BUCKET = "AWS::S3::Bucket"


class Creation:
    """A stack that is created under fault rules, and how it ended."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self._stacks, self.name = sandbox.client("cloudformation"), name

    def create(self, resources, on_failure="ROLLBACK"):
        """Create it; gives its last status."""
        self._stacks.create_stack(
            StackName=self.name,
            TemplateBody=json.dumps({"Resources": resources}),
            OnFailure=on_failure,
        )
        return self.ended()

    def ended(self):
        """Wait for the end of what is being done."""
        while (status := self._status()).endswith("_IN_PROGRESS"):
            time.sleep(0.05)
        return status

    def roll_back(self):
        """Roll back what was left as it failed."""
        self._stacks.rollback_stack(StackName=self.name)
        return self.ended()

    def delete(self):
        """Delete it; gives its last status."""
        stack = self._stacks.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self._stacks.delete_stack(StackName=self.name)
        self.name = stack
        return self.ended()

    def reasons(self):
        """Say why resources failed."""
        events = self._stacks.describe_stack_events(StackName=self.name)["StackEvents"]
        return " ".join(e.get("ResourceStatusReason", "") for e in events)

    def _status(self):
        return self._stacks.describe_stacks(StackName=self.name)["Stacks"][0]["StackStatus"]


@pytest.fixture
def creation(sandbox, unique):
    return Creation(sandbox, unique("creation"))


@pytest.fixture
def names(sandbox):
    """List the buckets that there are."""
    s3 = sandbox.client("s3")
    return lambda: {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}


def after(first, **more):
    """Make a resource only once another one is there."""
    return {**more, "DependsOn": first}


@pytest.mark.parametrize(("policy", "stays"), [("Retain", True), ("RetainExceptOnCreate", False)])
def test_a_retained_bucket_stays_and_one_that_is_so_except_on_create_does_not(
    creation, names, faults, unique, policy, stays
):
    name = unique("kept")
    bucket = {"Type": BUCKET, "Properties": {"BucketName": name}, "DeletionPolicy": policy}
    faults([{"action": "sqs:CreateQueue", "code": "InternalFailure", "times": 1}])
    status = creation.create({"Kept": bucket, "Broken": after("Kept", Type=QUEUE)})
    assert status == "ROLLBACK_COMPLETE"
    assert "InternalFailure injected by the sandbox" in creation.reasons()
    assert (name in names()) is stays


def test_what_is_retained_except_on_create_stays_when_its_stack_is_deleted(creation, names, unique):
    name = unique("kept")
    bucket = {
        "Type": BUCKET,
        "Properties": {"BucketName": name},
        "DeletionPolicy": "RetainExceptOnCreate",
    }
    assert creation.create({"Kept": bucket}) == "CREATE_COMPLETE"
    assert creation.delete() == "DELETE_COMPLETE"
    assert name in names()


def test_a_bucket_that_is_not_empty_fails_the_rollback_and_the_deletion(
    creation, names, faults, unique, sandbox
):
    name = unique("full")
    versioned = {"BucketName": name, "VersioningConfiguration": {"Status": "Enabled"}}
    bucket = {"Type": BUCKET, "Properties": versioned}
    faults([{"action": "sqs:CreateQueue", "code": "InternalFailure", "times": 1}])
    resources = {"Full": bucket, "Broken": after("Full", Type=QUEUE)}
    assert creation.create(resources, on_failure="DO_NOTHING") == "CREATE_FAILED"
    s3 = sandbox.client("s3")
    s3.put_object(Bucket=name, Key="gone", Body=b"")
    s3.delete_object(Bucket=name, Key="gone")  # versions and markers are content, too
    assert creation.roll_back() == "ROLLBACK_FAILED"
    assert "is not empty. You must delete all versions" in creation.reasons()
    assert name in names()
    found = s3.list_object_versions(Bucket=name)
    for version in [*found["Versions"], *found["DeleteMarkers"]]:
        s3.delete_object(Bucket=name, Key="gone", VersionId=version["VersionId"])
    assert creation.delete() == "DELETE_COMPLETE"


def test_a_deletion_can_be_struck_too(creation, faults):
    assert creation.create({"It": {"Type": QUEUE}}) == "CREATE_COMPLETE"
    faults([{"action": "sqs:DeleteQueue", "code": "InternalFailure", "times": 1}])
    assert creation.delete() == "DELETE_FAILED"
    assert creation.delete() == "DELETE_COMPLETE"
