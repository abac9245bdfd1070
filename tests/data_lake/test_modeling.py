"""Files of every format against the generator's truth, and the files that nobody wants."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from fixtures.retail.deliveries import (
    CSV_FORMS,
    JSON_FORMS,
    PURCHASE_FAULTS,
    VISIT_FAULTS,
    deliveries,
)
from fixtures.retail.files import PURCHASES, VISITS, csv_lines, gzipped, json_lines, write_parquet
from fixtures.retail.visits import visits

DAY = datetime(2026, 11, 29, tzinfo=UTC)
# What a file with typed columns cannot hold: text where a number is, a day that is none.
TYPED = [
    f for f in VISIT_FAULTS if f[0] not in ("wrong_type", "no_such_time") and f[1] != "seconds"
]


def visits_with(faults, forms=None, count=4000):
    records = (each.visit for each in visits(count, DAY, seed=5, late=0.1))
    return list(deliveries(records, seed=6, faults=faults, forms=forms, dirty=0.05, repeated=0.02))


def purchases_with(faults, forms=None):
    records = (each.purchase for each in visits(8000, DAY, seed=7) if each.purchase)
    return list(deliveries(records, seed=8, faults=faults, forms=forms, dirty=0.05, repeated=0.02))


def agree(found, sent, key):
    """Hold what came out against the truth, record by record and in its place."""
    good = Counter(d.record[key] for d in sent if d.is_good)
    assert Counter(row[key] for row in found.good) == good
    assert found.reasons == Counter((d.reason, d.column) for d in sent if not d.is_good)
    assert found.outcome.repeated == sum(d.repeated for d in sent) > 0
    assert found.outcome.read == len(sent)


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_csv_is_sorted_into_good_and_bad_as_the_truth_has_it(model, ending):
    sent = visits_with(VISIT_FAULTS, CSV_FORMS)
    lines = csv_lines(sent, list(VISITS))
    content = b"".join(gzipped(lines) if ending.endswith("gz") else lines)
    found = model(f"retail_visits/a.{ending}", content)
    agree(found, sent, "visit_id")
    bad = [number for number, d in enumerate(sent, 2) if not d.is_good]
    assert [row["line_number"] for row in found.rejects] == bad
    places = {n: d.record["visit_id"] for n, d in enumerate(sent, 2)}
    assert all(places[row["source_line"]] == row["visit_id"] for row in found.good)


def test_a_reject_points_at_the_very_bytes(model):
    content = b"".join(csv_lines(visits_with(VISIT_FAULTS, CSV_FORMS), list(VISITS)))
    for row in model("retail_visits/a.csv", content).rejects:
        line = content[row["byte_offset"] :].partition(b"\n")[0]
        assert line.decode(errors="backslashreplace") == row["record"]


@pytest.mark.parametrize("ending", ["jsonl", "json.gz"])
def test_json_lines_are_sorted_likewise(model, ending):
    sent = visits_with(VISIT_FAULTS, JSON_FORMS)
    lines = json_lines(sent)
    content = b"".join(gzipped(lines) if ending.endswith("gz") else lines)
    agree(model(f"retail_visits/a.{ending}", content), sent, "visit_id")


def test_parquet_is_sorted_likewise(model, tmp_path):
    sent = visits_with(TYPED)
    write_parquet(tmp_path / "a.parquet", sent)
    found = model("retail_visits/a.parquet", (tmp_path / "a.parquet").read_bytes())
    agree(found, sent, "visit_id")


def test_another_data_set_with_its_encoding_delimiter_and_clock_takes_a_contract_alone(model):
    sent = purchases_with(PURCHASE_FAULTS, {k: CSV_FORMS[k] for k in ("lost_cell", "no_text")})
    lines = csv_lines(sent, PURCHASES, delimiter=";", encoding="windows-1252")
    found = model("retail_purchases/a.csv", b"".join(lines))
    agree(found, sent, "receipt_id")
    by_receipt = {d.record["receipt_id"]: d.record for d in sent if d.is_good}
    for row in found.good:
        said = by_receipt[row["receipt_id"]]
        assert f"{row['amount']:.2f}" == said["amount"]
        assert row["store"] == said["store"]
        # Central European Time, an hour ahead of UTC in November.
        local = datetime.fromisoformat(said["paid_at"])
        assert (local.timestamp() if local.tzinfo else local.replace(tzinfo=UTC).timestamp()) == (
            row["paid_at"].timestamp() + 3600
        )


def test_records_go_to_the_day_of_their_own_time(model):
    found = model("retail_visits/a.csv", b"".join(csv_lines(visits_with(()), list(VISITS))))
    days = {row["entered_at"].date() for row in found.good}
    assert set(found.outcome.parts) == days
    assert len(days) == 6


def test_an_added_column_passes_and_is_told(model):
    sent = visits_with(VISIT_FAULTS)
    found = model("retail_visits/a.csv", b"".join(csv_lines(sent, list(VISITS), added="loyalty")))
    agree(found, sent, "visit_id")
    assert found.outcome.added == {"loyalty"}


def test_a_sender_that_drifts_in_the_middle_costs_its_own_records(model):
    retyped = ("wrong_type", "seconds", lambda value: f"{value} s")
    records = (each.visit for each in visits(3000, DAY, seed=9, late=0.1))
    sent = list(
        deliveries(
            records,
            seed=9,
            faults=VISIT_FAULTS,
            forms=CSV_FORMS,
            dirty=0.05,
            repeated=0.02,
            drift=retyped,
            drifts=range(1000, 1500),
        )
    )
    found = model("retail_visits/a.csv", b"".join(csv_lines(sent, list(VISITS))))
    agree(found, sent, "visit_id")
    assert found.reasons["wrong_type", "seconds"] >= 500


def test_the_chunks_that_a_file_comes_in_change_nothing(model):
    content = b"".join(csv_lines(visits_with(VISIT_FAULTS, CSV_FORMS, count=300), list(VISITS)))
    whole, bits = (model("retail_visits/a.csv", content, chunk=n) for n in (10**9, 7))
    assert (whole.good, whole.rejects) == (bits.good, bits.rejects)
