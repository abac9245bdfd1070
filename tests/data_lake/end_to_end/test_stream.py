"""Records that are streamed: as good as dropped ones, and none lost, whatever fails on the way."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.retail.deliveries import JSON_FORMS, VISIT_FAULTS, Delivery, deliveries
from fixtures.retail.files import streamed_records
from fixtures.retail.visits import visits

NOW = datetime.now(UTC)
# What the stream cannot tell the data set of, it refuses, with a reason of its own or the same.
REFUSED = {"cut": "malformed", "no_text": "not_text"}


@pytest.fixture
def producer(drained):
    """Put records until the stream has taken each, as its SDK's users do."""
    client = drained.sandbox.client("firehose")

    def put(records):
        left = [{"Data": record} for record in records]
        while left:
            reply = client.put_record_batch(
                DeliveryStreamName=drained.outputs["DeliveryStreamName"], Records=left[:200]
            )
            answers = zip(left[:200], reply["RequestResponses"], strict=True)
            left = [record for record, said in answers if "ErrorCode" in said] + left[200:]

    return put


def sent(number, seed, faults=VISIT_FAULTS):
    records = (each.visit for each in visits(number, NOW, seed=seed))
    forms = JSON_FORMS if faults else {}
    return list(
        deliveries(records, seed=seed, faults=faults, forms=forms, dirty=0.1, repeated=0.05)
    )


def modeled(lake, ids):
    """Count the rows of each of these visits in the view."""
    found = lake.ask("SELECT visit_id AS id FROM retail_visits")
    return Counter(row["id"] for row in found if row["id"] in ids)


def set_aside(lake, since):
    rows = lake.ask(
        "SELECT dataset, reason, column_name FROM quarantine WHERE (object_key LIKE "
        f"'retail_visits/stream/%' OR object_key LIKE 'refused/%') AND arrived_at >= {since}"
    )
    return Counter((row["dataset"], row["reason"], row["column_name"] or "") for row in rows)


def clock(lake):
    """Tell a time as SQL that is over before what is put now leaves its buffers."""
    bucket, key = lake.outputs["RawBucketName"], "retail_visits/clock.csv"
    lake.s3.put_object(Bucket=bucket, Key=key, Body=b"")
    found = lake.s3.head_object(Bucket=bucket, Key=key)["LastModified"]
    return f"timestamp '{found + timedelta(seconds=5):%Y-%m-%d %H:%M:%S}'"


def expected(sent_):
    return Counter(
        ("unknown", REFUSED[d.form], "")
        if d.form in REFUSED
        else ("retail_visits", d.reason, d.column)
        for d in sent_
        if not d.is_good
    )


def test_streamed_records_are_held_to_the_contract_and_are_there_once(producer, drained):
    lake, since = drained, clock(drained)
    lake.redeliver_after(seconds=1)
    all_sent = sent(300, 51)
    good = {d.record["visit_id"] for d in all_sent if d.is_good}
    # What is refused, or fails in passing, is put or done again.
    busy = {"code": "ServiceUnavailableException", "status": 503}
    lake.sandbox.faults(
        [
            {"action": "firehose:PutRecord", "rate": 0.1, "seed": 3, **busy},
            {"action": "firehose:PutRecordBatch", "times": 1, **busy},
            {"action": "s3:PutObject", "code": "SlowDown", "status": 503, "times": 3},
        ]
    )
    producer(streamed_records("retail_visits", all_sent))
    producer([json.dumps({"dataset": "nobody", "a": 1}).encode()])
    wanted = expected(all_sent) + Counter({("unknown", "no_such_dataset", ""): 1})
    lake.wait_for(lambda: modeled(lake, good).keys() == good)
    lake.wait_for(lambda: set_aside(lake, since).total() >= wanted.total())
    assert set_aside(lake, since) == wanted
    lake.sandbox.faults([])
    assert set(modeled(lake, good).values()) == {1}
    keys = [key for key in lake.keys("RawBucketName") if "/stream/" in key]
    assert keys
    assert all(key.endswith(".jsonl.gz") for key in keys)
    assert lake.dead_letters() == 0
    assert lake.sandbox.problems() == []


def test_what_the_function_could_not_be_asked_about_is_modeled_all_the_same(producer, drained):
    lake, since = drained, clock(drained)
    all_sent = sent(40, 52, faults=())
    good = {d.record["visit_id"] for d in all_sent}
    lake.sandbox.faults(
        [{"action": "lambda:InvokeFunction", "code": "ServiceException", "status": 500}]
    )
    producer(streamed_records("retail_visits", all_sent))
    lake.wait_for(lambda: "DataLake-StreamUnchecked" in ringing(lake))
    lake.wait_for(lambda: modeled(lake, good).keys() == good)
    lake.sandbox.faults([])
    assert set(modeled(lake, good).values()) == {1}
    assert set_aside(lake, since) == Counter()


def test_a_record_that_was_streamed_and_dropped_is_there_once(drained, producer):
    lake, (visit,) = drained, [each.visit for each in visits(1, NOW, seed=53)]
    (record,) = streamed_records("retail_visits", [Delivery(visit)])
    producer([record, record])
    identity = visit["visit_id"]
    lake.drop("retail_visits/same.jsonl", json.dumps(visit).encode() + b"\n")
    rows = f"SELECT source_line FROM retail_visits_records WHERE visit_id = '{identity}'"
    lake.wait_for(lambda: len(lake.ask(rows)) == 3)
    assert modeled(lake, {identity}) == {identity: 1}


def ringing(lake):
    found = lake.sandbox.client("cloudwatch").describe_alarms(StateValue="ALARM")
    return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]
