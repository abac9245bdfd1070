"""The roles of services that there are none of here: each right is used, and AWS asks for it."""

import json
import re
from contextlib import contextmanager, suppress

import pytest
from botocore.exceptions import ClientError

from testing.cut_template import cut, roles_of
from testing.rights import Rights

# Lake Formation, Glue's optimizers and EMR read and write by these roles. What they do, by AWS's
# documentation, the test does: on buckets, keys, logs, catalog and stream of the template.
STACK = "ServiceRoles"
SETTINGS = {
    "data_lake.lake_formation": True,
    "data_lake.stream_reader": "emr",
    "data_lake.stream_source": "kinesis",
    "data_lake.stream_subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "data_lake.stream_security_groups": ["sg-0123456789abcdef0"],
}
JOB = "StreamSparkStreamRecords"
ROLES = {
    "GovernanceLakeFormationReader": 5,
    "GovernanceLakeFormationEnhancedKeeper": 6,
    "GovernanceLakeFormationTransformedKeeper": 6,
    "CurationEnhancedOptimizers": 22,
    "CurationTrainingSetOptimizers": 17,
    JOB: 9,
    "StreamSparkStopStreaming": 2,
}
# Of the job, test_spark_stream_rights.py takes the rights to zones and checkpoints away.
ELSEWHERE = ("Modeled/", "Failures/", "StreamSparkCheckpoints", "Key for s3")
OF_SPARK = "s3:DeleteObject on StreamSparkCheckpoints/*"  # but this one
# Only an account has these, and tells whom EMR asks for the key to its disks and logs.
NOT_HERE = re.compile("emr-serverless|lakeformation:|xray:")


@pytest.fixture(scope="module")
def rights(sandbox, variant):
    resources = variant("DataLake", overrides=SETTINGS)["Resources"]
    found = cut(resources, roles_of(resources, ROLES), assumed=True)
    cloudformation = sandbox.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps({"Resources": found}),
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK)
    yield Rights(sandbox, STACK)
    cloudformation.delete_stack(StackName=STACK)


class Service:
    """What a service does by a role: each action once, on what the right names."""

    def __init__(self, sandbox, rights, role):
        self.sandbox, self.rights, self.role = sandbox, rights, role
        self.admin = sandbox.client("s3")

    def client(self, service):
        """Be the service, with the role's keys."""
        sts = self.sandbox.client("sts")
        keys = sts.assume_role(RoleArn=self.rights.arn(self.role), RoleSessionName="service")
        return self.sandbox.client(
            service,
            credentials={
                "aws_access_key_id": keys["Credentials"]["AccessKeyId"],
                "aws_secret_access_key": keys["Credentials"]["SecretAccessKey"],
                "aws_session_token": keys["Credentials"]["SessionToken"],
            },
        )

    def use(self, right):
        """Do what the right is for; gives what AWS says against it, if anything."""
        service = right.action.partition(":")[0]
        if service == "kms":  # of whom it is asked by
            service = right.on.rpartition(" ")[2]
        try:
            getattr(self, f"use_{service}")(right)
        except ClientError as error:
            return str(error)
        return ""

    def use_s3(self, right):
        """Read, write, list or delete an object: the one that is named, or of the bucket."""
        place = right if right.action.startswith("s3:") else self.holder()
        bucket, _, key = place.resource.removeprefix("arn:aws:s3:::").partition("/")
        given = {"Bucket": bucket, "Key": key.replace("*", "object") or "object"}
        with self.there(given):
            s3 = self.client("s3")
            if right.action in ("s3:PutObject", "kms:GenerateDataKey"):
                s3.put_object(**given, Body=b"anew")
            elif right.action == "s3:DeleteObject":
                s3.delete_object(**given)
            elif right.action == "s3:ListBucket":
                s3.list_objects_v2(Bucket=bucket)
            else:
                s3.get_object(**given)

    @contextmanager
    def there(self, given):
        """Have an object be there meanwhile, and its bucket: nobody may have published code yet."""
        bucket = given["Bucket"]
        is_new = bucket not in {each["Name"] for each in self.admin.list_buckets()["Buckets"]}
        if is_new:
            self.admin.create_bucket(Bucket=bucket)
        is_there = "Contents" in self.admin.list_objects_v2(Bucket=bucket, Prefix=given["Key"])
        if not is_there:
            self.admin.put_object(**given, Body=b"of the lake")
        yield
        if not is_there:
            self.admin.delete_object(**given)
        if is_new:
            self.admin.delete_bucket(Bucket=bucket)

    def holder(self):
        """Find a right of the role to objects that are under the key."""
        return next(
            right
            for right in self.rights.of(self.role)
            if right.action == "s3:GetObject" and "cdk-" not in right.resource
        )

    def use_glue(self, right):
        """Look at a table, or change it: of what is named, the catalog asks first."""
        _, _, rest = right.resource.split(":", 5)[5].partition("/")
        database, _, table = rest.partition("/")
        asked = {"DatabaseName": database or "datalake", "Name": table or self.table()}
        glue = self.client("glue")
        with suppress(glue.exceptions.EntityNotFoundException):
            if right.action == "glue:GetTable":
                glue.get_table(**asked)
            else:
                glue.update_table(
                    DatabaseName=asked["DatabaseName"], TableInput={"Name": asked["Name"]}
                )

    def table(self):
        """Name a table that the role has a right on."""
        return next(
            right.resource.rpartition("/")[2]
            for right in self.rights.of(self.role)
            if ":table/" in right.resource
        )

    def use_logs(self, right):
        """Write a line into the group that is named, in a stream of its own."""
        group = right.resource.split(":log-group:")[-1].partition(":")[0]
        logs, admin = self.client("logs"), self.sandbox.client("logs")
        name = {"logGroupName": group, "logStreamName": "service"}
        if right.action == "logs:DescribeLogGroups":
            logs.describe_log_groups()
            return
        if right.action == "logs:CreateLogGroup":
            with suppress(admin.exceptions.ResourceNotFoundException):
                admin.delete_log_group(logGroupName=group)
            logs.create_log_group(logGroupName=group)
            return
        with suppress(admin.exceptions.ResourceAlreadyExistsException):
            admin.create_log_group(logGroupName=group)
        with suppress(admin.exceptions.ResourceAlreadyExistsException):
            admin.create_log_stream(**name)
        if right.action == "logs:CreateLogStream":
            admin.delete_log_stream(**name)
            logs.create_log_stream(**name)
        elif right.action == "logs:DescribeLogStreams":
            logs.describe_log_streams(logGroupName=group)
        else:
            logs.put_log_events(
                **name, logEvents=[{"timestamp": 1_796_000_000_000, "message": "told"}]
            )

    def use_kinesis(self, right):
        """Read the stream from its beginning, as the connector does."""
        name = self.rights.named("StreamSource")
        self.sandbox.client("kinesis").put_record(StreamName=name, PartitionKey="a", Data=b"{}")
        kinesis = self.client("kinesis")
        kinesis.describe_stream_summary(StreamName=name)
        for shard in kinesis.list_shards(StreamName=name)["Shards"]:
            asked = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            begin = kinesis.get_shard_iterator(StreamName=name, **asked)["ShardIterator"]
            kinesis.get_records(ShardIterator=begin)


@pytest.mark.parametrize("role", ROLES)
def test_whichever_right_of_a_service_is_taken_away_aws_says_so(sandbox, rights, subtests, role):
    service = Service(sandbox, rights, role)
    found = [
        right
        for right in rights.of(role)
        if not NOT_HERE.search(str(right))
        and not (role == JOB and right.on.startswith(ELSEWHERE) and str(right) != OF_SPARK)
    ]
    assert len(found) >= ROLES[role]
    for right in found:
        with subtests.test(right=str(right)):
            assert service.use(right) == ""
            with rights.without(right):
                assert rights.refusal(right).search(service.use(right)), service.use(right)
    sandbox.forget_problems()
