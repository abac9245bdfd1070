"""What a training row may know, counted from tables of a few lines."""

from datetime import UTC, datetime, timedelta

import pytest

from demos.data_lake.known import foresight
from testing.lake_day import athena, row

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def visit(name, ended, arrived, store="harbour", visitor="p"):
    return row(
        visit_id=name,
        store=store,
        visitor=visitor,
        seconds=60,
        entered_at=athena(ended - MINUTE),
        arrived_at=athena(arrived),
    )


def receipt(name, of, paid, arrived, store="harbour"):
    times = {"paid_at": athena(paid), "arrived_at": athena(arrived)}
    return row(receipt_id=name, visit_id=of, store=store, **times)


VISITS = [
    visit("known", NOON - 9 * MINUTE, NOON - MINUTE),
    visit("late", NOON - 9 * MINUTE, NOON),
    visit("old", NOON - timedelta(days=28, seconds=1), NOON - timedelta(days=28, seconds=1)),
    visit("elsewhere", NOON - 9 * MINUTE, NOON - MINUTE, store="old-town"),
    visit("asked", NOON, NOON + MINUTE),
]
PURCHASES = [
    receipt("r1", "known", NOON - 9 * MINUTE, NOON - MINUTE),
    receipt("r2", "asked", NOON - MINUTE / 2, NOON - MINUTE / 2),  # its own, by a till that is fast
]
RIGHT = {"store_visits": 1, "store_receipts": 1, "visitor_visits": 2, "label": 1}


def test_a_row_that_says_what_was_known_is_right():
    found = foresight([row(visit_id="asked", **RIGHT)], VISITS, PURCHASES, 28, 60)
    assert (found.rows, found.knowing, found.wrong) == (1, 1, ())


@pytest.mark.parametrize(
    "other",
    [{"store_visits": 2}, {"store_receipts": 2}, {"visitor_visits": 3}, {"label": 0}],
)
def test_a_row_that_says_more_or_less_is_named(other):
    found = foresight([row(visit_id="asked", **RIGHT | other)], VISITS, PURCHASES, 28, 60)
    assert found.wrong == ("asked",)
