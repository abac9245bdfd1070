"""The lake that reads a stream of Kinesis: another stage, beside the one that is put to."""

import json
from datetime import UTC, datetime

import pytest

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import streamed_records
from fixtures.retail.visits import visits
from testing.rights import Rights

STACK = "DataLake-prod"


@pytest.fixture(scope="module")
def reading(deployed):
    lake = deployed(stage="prod", **{"data_lake.stream_source": "kinesis"})
    yield lake
    lake.sandbox.destroy("DataLake", app=lake.app)  # others have another lake at this stage


def put(lake, records):
    lake.sandbox.client("kinesis").put_records(
        StreamName=lake.outputs["DataStreamName"],
        Records=[{"PartitionKey": "a", "Data": record} for record in records],
    )


def test_what_is_put_into_the_stream_of_kinesis_is_modeled(reading):
    records = [Delivery(each.visit) for each in visits(20, datetime.now(UTC), seed=61)]
    put(reading, [*streamed_records("retail_visits", records), b"of no data set"])
    view = "SELECT visit_id AS id FROM retail_visits"
    reading.wait_for(lambda: len(reading.ask(view)) == 20)
    assert {row["id"] for row in reading.ask(view)} == {d.record["visit_id"] for d in records}
    reading.wait_for(lambda: reading.ask("SELECT reason FROM quarantine"))
    assert reading.ask("SELECT reason FROM quarantine") == [{"reason": "malformed"}]
    assert reading.sandbox.problems() == []


def test_the_right_to_read_is_needed_action_by_action(reading, subtests):
    rights = Rights(reading.sandbox, STACK)
    found = [
        right
        for right in rights.of("StreamDelivery")
        if right.action.startswith("kinesis:") or right.on.endswith(" for kinesis")
    ]
    assert len(found) == 5
    for right in found:
        with subtests.test(action=right.action):
            reading.sandbox.forget_problems()
            assert rights.is_missed(
                right,
                lambda: put(reading, [b"of no data set"]),
                denials=lambda refusal: len(
                    refusal.findall(json.dumps(reading.sandbox.problems()))
                ),
            )
    reading.sandbox.forget_problems()
