"""A stream of Kinesis as source: read as the role that is named, once that may, and in order."""

import json
from contextlib import suppress

import pytest

from sandbox.services.firehose.sources import READING

KIND = "AWS::KinesisFirehose::DeliveryStream"


@pytest.fixture
def key(sandbox):
    """Make a KMS key that the account's policies decide about."""
    return sandbox.client("kms").create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def source(sandbox, unique, key):
    """Make an encrypted stream of Kinesis; gives its name and ARN."""
    kinesis, name = sandbox.client("kinesis"), unique("source")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.start_stream_encryption(StreamName=name, EncryptionType="KMS", KeyId=key)
    yield name, kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"]
    kinesis.delete_stream(StreamName=name)


@pytest.fixture
def reader(contract, sandbox, unique, destination, delivery_role, source):
    """Make a delivery stream that reads the source as a role with these rights."""
    made = []

    def make(*rights):
        name, role = unique("stream"), delivery_role(*rights)
        contract("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={"KinesisStreamARN": source[1], "RoleARN": role},
            ExtendedS3DestinationConfiguration=destination(),
        )
        made.append(name)
        return name, role

    yield make
    firehose = sandbox.client("firehose")
    for name in made:
        with suppress(firehose.exceptions.ResourceNotFoundException):
            firehose.delete_delivery_stream(DeliveryStreamName=name)


@pytest.mark.parametrize("missing", [None, *READING, "kms:Decrypt"])
def test_what_is_put_into_the_source_is_delivered_once_the_role_may_read(
    sandbox, source, reader, delivered, passing, missing
):
    needed = (*READING, "kms:Decrypt")
    name, role = reader(*(right for right in needed if right != missing))
    kinesis = sandbox.client("kinesis")
    kinesis.put_record(StreamName=source[0], PartitionKey="a", Data=b"1")
    kinesis.put_records(
        StreamName=source[0],
        Records=[{"PartitionKey": "a", "Data": data} for data in (b"2", b"3")],
    )
    if missing:

        def said():
            found = [each["message"] for each in sandbox.problems()]
            return [text for text in found if name in text and missing in text]

        passing(said)
        assert delivered() == {}
        everything = {"Effect": "Allow", "Action": list(needed), "Resource": "*"}
        sandbox.client("iam").put_role_policy(
            RoleName=role.rpartition("/")[2],
            PolicyName="rights",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": everything}),
        )
    assert list(passing(delivered).values()) == [b"123"]
    sandbox.forget_problems()


def test_who_puts_into_an_encrypted_stream_or_reads_it_needs_its_key(
    sandbox, source, allowed_to, refused
):
    record = {"StreamName": source[0], "PartitionKey": "a", "Data": b"1"}
    client = allowed_to("kinesis", "kinesis:*", "kms:Decrypt")
    code, message = refused(client.put_record, **record)
    assert code == "KMSAccessDeniedException"
    assert "kms:GenerateDataKey" in message
    records = [{"PartitionKey": "a", "Data": b"1"}]
    code, _ = refused(client.put_records, StreamName=source[0], Records=records)
    assert code == "KMSAccessDeniedException"
    writer = allowed_to("kinesis", "kinesis:*", "kms:GenerateDataKey")
    writer.put_record(**record)
    shard = writer.list_shards(StreamName=source[0])["Shards"][0]["ShardId"]
    iterator = writer.get_shard_iterator(
        StreamName=source[0], ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    code, _ = refused(writer.get_records, ShardIterator=iterator)
    assert code == "KMSAccessDeniedException"
    (found,) = client.get_records(ShardIterator=iterator)["Records"]
    assert found["Data"] == b"1"
    sandbox.client("kms").disable_key(KeyId=describe_key(sandbox, source[0]))
    code, _ = refused(sandbox.client("kinesis").put_record, **record)
    assert code == "KMSDisabledException"


def describe_key(sandbox, name):
    found = sandbox.client("kinesis").describe_stream(StreamName=name)
    return found["StreamDescription"]["KeyId"]


def test_nothing_is_put_into_it_directly_and_it_is_described(contract, source, reader, refused):
    name, _ = reader()
    client = contract("firehose")
    code, message = refused(client.put_record, DeliveryStreamName=name, Record={"Data": b"x"})
    assert code == "InvalidArgumentException"
    assert "has a source" in message
    found = client.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    assert found["DeliveryStreamType"] == "KinesisStreamAsSource"
    assert found["Source"]["KinesisStreamSourceDescription"]["KinesisStreamARN"] == source[1]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"DeliveryStreamType": "KinesisStreamAsSource"}, "do not go together"),
        ({"KinesisStreamSourceConfiguration": "it"}, "do not go together"),
        (
            {
                "DeliveryStreamType": "KinesisStreamAsSource",
                "KinesisStreamSourceConfiguration": "it",
                "DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK"},
            },
            "has the encryption of the source",
        ),
    ],
)
def test_a_source_and_its_kind_have_to_agree(
    refusal, destination, delivery_role, source, given, says
):
    if "KinesisStreamSourceConfiguration" in given:
        read = {"KinesisStreamARN": source[1], "RoleARN": delivery_role()}
        given = {**given, "KinesisStreamSourceConfiguration": read}
    properties = {**given, "ExtendedS3DestinationConfiguration": destination()}
    assert says in refusal(It=(KIND, properties))


def test_nobody_looks_again_for_a_stream_that_is_deleted(sandbox, source, reader, passing):
    name, _ = reader("kinesis:DescribeStream")
    sandbox.client("kinesis").put_record(StreamName=source[0], PartitionKey="a", Data=b"1")
    passing(lambda: any(name in each["message"] for each in sandbox.problems()))
    firehose = sandbox.client("firehose")
    firehose.delete_delivery_stream(DeliveryStreamName=name)
    skipped = [sandbox.pass_time()["seconds"] for _ in range(8)]
    # The look that was due already is the last.
    assert sum(4 < seconds <= 5 for seconds in skipped) <= 1, skipped
