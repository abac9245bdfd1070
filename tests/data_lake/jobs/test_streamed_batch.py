"""A batch of a stream: held to the truth about its records, however it is cut into parts."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from data_lake.contract import newest_contracts
from data_lake.streamed_batch import StreamRecord, take_batch
from fixtures.retail.deliveries import JSON_FORMS, VISIT_FAULTS, deliveries
from fixtures.retail.files import streamed_records
from fixtures.retail.visits import visits

DAY = datetime(2026, 11, 29, tzinfo=UTC)
ARRIVED = DAY + timedelta(hours=23)
KEPT = timedelta(days=400)
CONTRACTS = newest_contracts()
# What is no JSON object says of no data set that it is of it.
OF_NOBODY = {"malformed", "not_text"}


def rows(path):
    with duckdb.connect() as con:
        found = con.execute("SELECT * FROM read_parquet($1)", [str(path)])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@settings(max_examples=5)
@given(st.integers(0, 2**32), st.integers(1, 100), st.integers(25, 100))
def test_every_record_is_once_where_the_truth_says(tmp_path_factory, seed, count, size):
    sent = list(
        deliveries(
            (each.visit for each in visits(count, DAY, seed=seed, late=0.1)),
            seed=seed,
            faults=VISIT_FAULTS,
            forms=JSON_FORMS,
            dirty=0.4,
            repeated=0.1,
        )
    )
    records = [
        StreamRecord(data, f"{number:05d}", ARRIVED)
        for number, data in enumerate(streamed_records("retail_visits", sent))
    ]
    good, aside = dict[str, str](), dict[str, tuple[str, str]]()
    for part in (records[n : n + size] for n in range(0, len(records), size)):
        folder = tmp_path_factory.mktemp("part")
        for taken in take_batch(part, "arrivals", CONTRACTS, KEPT, folder):
            for path in taken.outcome.parts.values():
                good |= {row["source_id"]: row["visit_id"] for row in rows(path)}
            for row in rows(taken.outcome.rejects) if taken.outcome.rejects else ():
                aside[row["source_id"]] = row["reason"], row["column_name"] or ""
                assert (taken.dataset == "") == (row["reason"] in OF_NOBODY)
    expected = {f"{n:05d}": each for n, each in enumerate(sent)}
    assert good == {n: d.record["visit_id"] for n, d in expected.items() if d.is_good}
    assert aside == {n: (d.reason, d.column) for n, d in expected.items() if not d.is_good}


def test_a_batch_of_nothing_is_nothing(tmp_path):
    assert list(take_batch([], "arrivals", CONTRACTS, KEPT, tmp_path)) == []


def test_what_is_of_no_data_set_is_bounded_however_much_there_is(tmp_path):
    records = [StreamRecord(b"x" * 10_000, f"{n}", ARRIVED) for n in range(2_500)]
    (part,) = take_batch(records, "arrivals", CONTRACTS, KEPT, tmp_path)
    assert part.outcome.set_aside == Counter({"malformed": 2_500})
    assert {len(row["record"]) for row in rows(part.outcome.rejects)} == {4096}
    assert part.size_bytes == 25_000_000
