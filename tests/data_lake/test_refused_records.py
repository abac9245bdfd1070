"""What a stream left below its error prefix: set aside by reason, or modeled as if it had come."""

import base64
import gzip
import json
from datetime import timedelta

import pytest

from data_lake.contract import newest_contracts
from data_lake.reasons import SetAside
from data_lake.refused_records import take_refused
from data_lake.settings import Settings

CONTRACTS = newest_contracts()
SETTINGS = Settings("modeled", "failures", 110_000_000, timedelta(days=400))
VISIT = {
    "dataset": "retail_visits",
    "visit_id": "v-000000000001",
    "store": "harbour",
    "visitor": "p-00000001",
    "entered_at": "2026-11-29T09:00:00Z",
    "seconds": 60,
    "zones": 1,
    "basket_touches": 0,
    "purchased": False,
}
PURCHASE = {
    "dataset": "retail_purchases",
    "receipt_id": "r-000000000001",
    "store": "Zürich",
    "visit_id": "v-000000000001",
    "paid_on": "2026-11-29",
    "paid_at": "2026-11-29T09:00:00",
    "items": 1,
    "amount": 1.25,
}


def told(record):
    raw = record if isinstance(record, bytes) else json.dumps(record).encode()
    error = {"errorCode": "Lambda.FunctionError", "rawData": base64.b64encode(raw).decode()}
    return json.dumps(error).encode() + b"\n"


@pytest.fixture
def take(tmp_path, arrived):
    def run(content):
        chunks = [content[n : n + 100] for n in range(0, len(content), 100)]
        source = arrived("refused/processing-failed/x")
        found = take_refused(chunks, source, CONTRACTS, SETTINGS, tmp_path)
        return {contract.dataset if contract else None: outcome for contract, outcome in found}

    return run


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_bad_records_are_set_aside_and_good_ones_modeled_by_data_set(take, packed, read_rows):
    bad_visit = {**VISIT, "zones": 0}
    sent = [VISIT, b"\xffx", PURCHASE, {"dataset": "nobody"}, bad_visit, b"cut", VISIT]
    found = take(packed(b"".join(map(told, sent))))

    assert dict(found[None].set_aside) == {"not_text": 1, "no_such_dataset": 1, "malformed": 1}
    rejects = read_rows(found[None].rejects)
    assert [(row["line_number"], row["reason"]) for row in rejects] == [
        (2, "not_text"),
        (4, "no_such_dataset"),
        (6, "malformed"),
    ]
    assert rejects[0]["record"] == "\\xffx"
    assert rejects[2]["byte_offset"] == sum(len(told(record)) for record in sent[:5])
    visits = found["retail_visits"]
    assert (visits.good, visits.repeated, dict(visits.set_aside)) == (2, 1, {"out_of_range": 1})
    (row,) = read_rows(visits.rejects)
    assert (row["line_number"], row["byte_offset"], row["column_name"]) == (5, None, "zones")
    (part,) = visits.parts.values()
    assert [row["source_line"] for row in read_rows(part)] == [1, 7]
    (part,) = found["retail_purchases"].parts.values()
    assert [row["store"] for row in read_rows(part)] == ["Zürich"]


def test_what_is_no_error_of_firehose_is_a_record_itself(take):
    found = take(json.dumps(VISIT).encode() + b'\n{"rawData": 7}\n')
    assert found["retail_visits"].good == 1
    assert dict(found[None].set_aside) == {"malformed": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (gzip.compress(told(VISIT))[:-9], "torn_container")],
)
def test_a_file_that_cannot_be_read_is_set_aside_whole(take, content, reason):
    with pytest.raises(SetAside) as why:
        take(content)
    assert why.value.reason == reason


def test_the_name_of_the_data_set_is_no_added_column(take):
    found = take(told(VISIT) + told({**VISIT, "new": 1}))
    assert found["retail_visits"].added == {"new"}
