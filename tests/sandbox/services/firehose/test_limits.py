"""What Firehose takes at once and within a second, and what it says to more."""

import pytest
from botocore.exceptions import ClientError

from sandbox.services.firehose.allowances import Allowance, Rates


def test_a_record_or_a_batch_that_is_too_large_is_refused(contract, stream, put, refused):
    name, client = stream(), contract("firehose")
    code, _ = refused(client.put_record, DeliveryStreamName=name, Record={"Data": b"x" * 1_024_001})
    assert code == "InvalidArgumentException"
    with pytest.raises(ClientError, match="4 MB limit"):
        put(name, *[b"x" * 1_000_000] * 5)
    with pytest.raises(ClientError, match="500"):
        put(name, *[b"x"] * 501)


def test_what_there_is_no_room_for_is_counted_and_said_record_by_record(stream, put):
    name = stream()
    replies = [put(name, *[b"x" * 1_000_000] * 4) for _ in range(4)]
    failed = [
        each for reply in replies for each in reply["RequestResponses"] if "ErrorCode" in each
    ]
    assert failed
    assert sum(reply["FailedPutCount"] for reply in replies) == len(failed)
    assert {each["ErrorCode"] for each in failed} == {"ServiceUnavailableException"}


def test_a_rule_throttles_a_call_or_single_records(sandbox, stream, put, faults, refused):
    name, client = stream(), sandbox.client("firehose", retries={"total_max_attempts": 1})
    rule = {"code": "ServiceUnavailableException", "status": 503, "times": 1}
    faults([{"action": "firehose:PutRecord", **rule}])
    reply = put(name, b"a", b"b")
    assert reply["FailedPutCount"] == 1
    assert "ErrorCode" in reply["RequestResponses"][0]
    faults([{"action": "firehose:PutRecordBatch", **rule}])
    code, _ = refused(client.put_record_batch, DeliveryStreamName=name, Records=[{"Data": b"a"}])
    assert code == "ServiceUnavailableException"


def test_an_allowance_fills_again_and_takes_all_or_nothing():
    now = [0.0]
    allowance = Allowance(Rates(2, 10, 100), clock=lambda: now[0])
    assert allowance.take(requests=1, records=10, size=40)
    assert not allowance.take(requests=1, records=1)
    now[0] = 0.5
    assert allowance.take(requests=1, records=5, size=100)
    assert not allowance.take(size=1)
    now[0] = 10
    assert allowance.take(requests=2, records=10, size=100)
