"""As whom a stream works, what it needs for that, and which streams are refused."""

import json

import pytest

from sandbox.services.firehose.objects import ON_BUCKET, ON_KEY, ON_OBJECT

GRANTED = (*ON_BUCKET, *ON_OBJECT, *ON_KEY)
KIND = "AWS::KinesisFirehose::DeliveryStream"


@pytest.fixture
def key(sandbox):
    """Make a KMS key that the account's policies decide about."""
    return sandbox.client("kms").create_key()["KeyMetadata"]["Arn"]


@pytest.mark.parametrize("missing", GRANTED)
def test_a_stream_delivers_as_its_role_once_that_may(
    sandbox, stream, put, delivered, passing, delivery_role, key, missing
):
    role = delivery_role(*(right for right in GRANTED if right != missing))
    name = stream(
        role=role,
        EncryptionConfiguration={"KMSEncryptionConfig": {"AWSKMSKeyARN": key}},
    )
    put(name, b"waits")

    def said():
        found = [each["message"] for each in sandbox.problems()]
        return [text for text in found if name in text and missing in text]

    passing(said)
    assert delivered() == {}
    everything = {"Effect": "Allow", "Action": list(GRANTED), "Resource": "*"}
    sandbox.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="rights",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": everything}),
    )
    assert list(passing(delivered).values()) == [b"waits"]
    sandbox.forget_problems()


def test_what_fails_is_in_the_stream_s_log(
    sandbox, stream, put, passing, unique, delivery_role, faults
):
    logs, group = sandbox.client("logs"), unique("log")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="delivery")
    told = {"Enabled": True, "LogGroupName": group, "LogStreamName": "delivery"}
    name = stream(CloudWatchLoggingOptions=told)
    faults([{"action": "s3:PutObject", "code": "SlowDown", "status": 503, "times": 1}])
    put(name, b"a")

    def lines():
        return logs.get_log_events(logGroupName=group, logStreamName="delivery")["events"]

    (line,) = passing(lines)
    assert json.loads(line["message"])["errorCode"] == "S3.SlowDown"


def test_a_role_must_trust_firehose(refuse, delivery_role):
    code, message = refuse(role=delivery_role(trusts="lambda.amazonaws.com"))
    assert code == "InvalidArgumentException"
    assert message.startswith("Firehose is unable to assume role")


def test_a_key_must_be_the_caller_s_to_grant_and_must_be_usable(
    sandbox, stream, put, key, allowed_to, destination, unique, refused
):
    name = stream(encrypted_by=key)
    assert put(name, b"a")["Encrypted"]
    client = allowed_to("firehose", "firehose:CreateDeliveryStream", "iam:PassRole")
    code, message = refused(
        client.create_delivery_stream,
        DeliveryStreamName=unique("stream"),
        ExtendedS3DestinationConfiguration=destination(),
        DeliveryStreamEncryptionConfigurationInput={
            "KeyType": "CUSTOMER_MANAGED_CMK",
            "KeyARN": key,
        },
    )
    assert code == "InvalidKMSResourceException"
    assert "kms:CreateGrant" in message
    sandbox.client("kms").disable_key(KeyId=key)
    code, _ = refused(
        sandbox.client("firehose").put_record, DeliveryStreamName=name, Record={"Data": b"a"}
    )
    assert code == "InvalidKMSResourceException"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"S3BackupMode": "Enabled"}, "S3BackupMode"),
        ({"CompressionFormat": "Snappy"}, "CompressionFormat Snappy"),
        (
            {"DataFormatConversionConfiguration": {"Enabled": True}},
            "DataFormatConversionConfiguration",
        ),
        (
            {
                "ProcessingConfiguration": {
                    "Enabled": True,
                    "Processors": [{"Type": "Decompression"}],
                }
            },
            "the processor Decompression",
        ),
        ({"BufferingHints": {"SizeInMBs": 129, "IntervalInSeconds": 60}}, "SizeInMBs is 129"),
        ({"FileExtension": "jsonl"}, "FileExtension"),
        (
            {
                "Prefix": "!{partitionKeyFromLambda:a}/",
                "ErrorOutputPrefix": "e/",
                "DynamicPartitioningConfiguration": {"Enabled": True},
            },
            "SizeInMBs is 1",
        ),
    ],
)
def test_what_is_not_there_is_refused_by_name(refusal, destination, given, says):
    assert says in refusal(It=(KIND, {"ExtendedS3DestinationConfiguration": destination(**given)}))


def test_another_source_is_refused_by_name(refusal, destination):
    given = {
        "DeliveryStreamType": "MSKAsSource",
        "ExtendedS3DestinationConfiguration": destination(),
    }
    assert "does not carry DeliveryStreamType MSKAsSource" in refusal(It=(KIND, given))


def test_streams_are_described_and_listed(contract, stream):
    client, name = contract("firehose"), stream(Prefix="a/")
    found = client.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    told = found["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert (found["DeliveryStreamStatus"], told["Prefix"]) == ("ACTIVE", "a/")
    assert name in client.list_delivery_streams(Limit=1000)["DeliveryStreamNames"]
