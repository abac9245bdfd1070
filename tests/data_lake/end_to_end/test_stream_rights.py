"""The roles of the stream hold nothing that could be taken away unnoticed."""

import json

import pytest

DELIVERY, CHECK = "StreamDelivery", "StreamCheckRecords"
ONE_OF_EACH = [
    b'{"dataset": "retail_visits"}',
    b'{"dataset": "retail_purchases"}',
    b"of no data set",
]


@pytest.mark.parametrize(("role", "at_least"), [(DELIVERY, 16), (CHECK, 4)])
def test_whichever_action_is_taken_away_something_says_so(
    drained, rights, subtests, role, at_least
):
    lake, found = drained, rights.of(role)
    assert len(found) >= at_least
    client = lake.sandbox.client("firehose")

    def put():
        client.put_record_batch(
            DeliveryStreamName=lake.outputs["DeliveryStreamName"],
            Records=[{"Data": record} for record in ONE_OF_EACH],
        )

    for right in found:
        with subtests.test(action=right.action, on=right.on):
            lake.sandbox.forget_problems()
            if (role, right.action) == (DELIVERY, "logs:PutLogEvents"):
                # It writes about what fails, so something has to.
                slow = {"code": "SlowDown", "status": 503, "times": 1}
                lake.sandbox.faults([{"action": "s3:PutObject", **slow}])
            assert rights.is_missed(
                right,
                put,
                denials=lambda refusal: len(refusal.findall(json.dumps(lake.sandbox.problems()))),
                seconds=15,
            )
            lake.sandbox.faults([])
    lake.sandbox.forget_problems()


def test_the_stream_writes_below_its_own_folders_of_the_raw_zone_and_nowhere_else(rights):
    writing = {right.on for right in rights.of(DELIVERY) if right.action == "s3:PutObject"}
    assert writing == {
        "Raw/retail_visits/stream/*",
        "Raw/retail_purchases/stream/*",
        "Raw/refused/*",
    }


def test_a_producer_needs_the_right_to_put_and_no_other(drained):
    """The key is used for producers, not by them."""
    iam, sts, name = drained.sandbox.client("iam"), drained.sandbox.client("sts"), "producer"
    stream = drained.outputs["DeliveryStreamName"]
    firehose = drained.sandbox.client("firehose")
    found = firehose.describe_delivery_stream(DeliveryStreamName=stream)
    arn = found["DeliveryStreamDescription"]["DeliveryStreamARN"]
    root = {"AWS": sts.get_caller_identity()["Arn"]}
    trust, allow = (
        json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **each}})
        for each in (
            {"Principal": root, "Action": "sts:AssumeRole"},
            {"Action": "firehose:PutRecord", "Resource": arn},
        )
    )
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=name, PolicyName="put", PolicyDocument=allow)
    keys = sts.assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName=name)["Credentials"]
    client = drained.sandbox.client(
        "firehose",
        credentials={
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        },
    )
    reply = client.put_record(DeliveryStreamName=stream, Record={"Data": ONE_OF_EACH[0]})
    assert reply["Encrypted"]
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.put_record_batch(DeliveryStreamName=stream, Records=[{"Data": b"x"}])
    iam.delete_role_policy(RoleName=name, PolicyName="put")
    iam.delete_role(RoleName=name)
