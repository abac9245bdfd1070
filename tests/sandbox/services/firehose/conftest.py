"""Delivery streams to a bucket, as a role that may do what Firehose's guide grants."""

import gzip
import json
import time

import pytest
from botocore.exceptions import ClientError

from sandbox.services.firehose.objects import ON_BUCKET, ON_KEY, ON_OBJECT

GRANTED = (*ON_BUCKET, *ON_OBJECT, *ON_KEY, "lambda:InvokeFunction", "logs:PutLogEvents")


@pytest.fixture
def bucket(sandbox, unique):
    """Make a bucket for one test."""
    s3, name = sandbox.client("s3"), unique("delivered")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def delivery_role(sandbox, unique):
    """Make a role that Firehose may assume, with some actions on anything."""

    def make(*actions, trusts="firehose.amazonaws.com"):
        iam, name = sandbox.client("iam"), unique("delivery")
        statements = (
            {"Principal": {"Service": trusts}, "Action": "sts:AssumeRole"},
            {"Action": list(actions or GRANTED), "Resource": "*"},
        )
        trust, rights = (
            json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **each}})
            for each in statements
        )
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=rights)
        return role["Arn"]

    return make


@pytest.fixture
def partition(sandbox):
    """Tell the partition that ARNs are of."""
    return sandbox.client("sts").get_caller_identity()["Arn"].split(":")[1]


@pytest.fixture
def destination(bucket, delivery_role, partition):
    """Spell a destination; ``role`` names another role than one with all rights."""

    def spell(role=None, **more):
        return {
            "BucketARN": f"arn:{partition}:s3:::{bucket}",
            "RoleARN": role or delivery_role(),
            "BufferingHints": {"SizeInMBs": 1, "IntervalInSeconds": 60},
            **more,
        }

    return spell


@pytest.fixture
def stream(sandbox, unique, contract, destination):
    """Make a stream; gives its name."""
    made = []

    def make(encrypted_by=None, **more):
        name = unique("stream")
        key = {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": encrypted_by}
        contract("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            ExtendedS3DestinationConfiguration=destination(**more),
            **({"DeliveryStreamEncryptionConfigurationInput": key} if encrypted_by else {}),
        )
        made.append(name)
        return name

    yield make
    for name in made:
        sandbox.client("firehose").delete_delivery_stream(DeliveryStreamName=name)


@pytest.fixture
def put(contract):
    """Put records; gives the reply."""

    def send(name, *records):
        return contract("firehose").put_record_batch(
            DeliveryStreamName=name, Records=[{"Data": record} for record in records]
        )

    return send


@pytest.fixture
def delivered(sandbox, bucket):
    """Read what is in the bucket, decompressed, by its key."""

    def read():
        s3 = sandbox.client("s3")
        found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        bodies = {
            each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
            for each in found
        }
        return {
            key: gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
            for key, body in bodies.items()
        }

    return read


@pytest.fixture
def passing(sandbox):
    """Let time pass until something is found, and return it."""

    def wait(look):
        until = time.monotonic() + 15
        while not (found := look()):
            assert time.monotonic() < until, "it did not happen within 15 s"
            sandbox.pass_time()
        return found

    return wait


@pytest.fixture
def transform():
    """Spell processors: a function, and a line end behind each record."""

    def spell(function_arn, **parameters):
        given = {"LambdaArn": function_arn, "BufferIntervalInSeconds": "60", **parameters}
        return {
            "Enabled": True,
            "Processors": [
                {
                    "Type": "Lambda",
                    "Parameters": [
                        {"ParameterName": name, "ParameterValue": value}
                        for name, value in given.items()
                    ],
                },
                {
                    "Type": "AppendDelimiterToRecord",
                    "Parameters": [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}],
                },
            ],
        }

    return spell


@pytest.fixture
def refuse(contract, unique, destination):
    """Make a stream that must be refused; gives (the error's code, its message)."""

    def make(**more):
        with pytest.raises(ClientError) as raised:
            contract("firehose").create_delivery_stream(
                DeliveryStreamName=unique("stream"),
                ExtendedS3DestinationConfiguration=destination(**more),
            )
        error = raised.value.response["Error"]
        return error["Code"], error["Message"]

    return make
