"""Splits follow one another in time, have their shares, and no label crosses a boundary."""

from hypothesis import given
from hypothesis import strategies as st

from data_lake.time_split import TimeSplit, split_at

HOURS = st.dictionaries(st.integers(490_000, 490_040), st.integers(1, 9), max_size=20)
PERCENT = st.integers(0, 40)


def sizes(rows, found):
    """Count the rows of train, validation and test, by their hours."""
    counts = [0, 0, 0]
    for hour, number in rows.items():
        second = hour * 3600
        is_test = found.test_from is not None and second >= found.test_from
        is_later = found.validation_from is not None and second >= found.validation_from
        counts[2 if is_test else 1 if is_later else 0] += number
    return counts


@given(rows=HOURS, validation=PERCENT, test=PERCENT)
def test_train_has_its_share_and_what_follows_no_more_than_theirs(rows, validation, test):
    found = split_at(rows, validation, test)
    total = sum(rows.values())
    train, _, tested = sizes(rows, found)
    assert train * 100 >= total * (100 - validation - test)
    assert tested * 100 <= total * test
    # Not larger by more than the hour that reached it.
    most = max(rows.values(), default=0)
    assert (train - most) * 100 < total * (100 - validation - test) or not total


@given(rows=HOURS, validation=PERCENT, test=PERCENT)
def test_boundaries_are_in_order_and_each_has_rows_on_either_side(rows, validation, test):
    found = split_at(rows, validation, test)
    if found.validation_from is not None and found.test_from is not None:
        assert found.validation_from < found.test_from
    for begin in filter(None, (found.validation_from, found.test_from)):
        assert min(rows) * 3600 < begin <= max(rows) * 3600


def test_without_rows_or_shares_all_is_training():
    assert split_at({}, 15, 15) == TimeSplit(None, None)
    assert split_at({1: 5, 2: 5}, 0, 0) == TimeSplit(None, None)
    assert split_at({1: 7, 2: 3}, 0, 30) == TimeSplit(None, 2 * 3600)
    assert split_at({1: 7, 2: 3}, 30, 0) == TimeSplit(2 * 3600, None)


def test_boundaries_are_told_as_times():
    assert TimeSplit(None, 3600).spoken == {
        "validation_from": None,
        "test_from": "1970-01-01T01:00:00+00:00",
    }
