"""When a file was captured: its name is believed as far as it fits its event."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.capture_time import Capture, capture_of

EVENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
NINE = datetime(2026, 3, 1, 9, 0, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "2026-03-01T09:00:17Z.jpg",
        "2026-03-01T09-00-17Z.jpg",
        "2026-03-01T09_00_17Z.jpg",
        "2026-03-01T09.00.17Z.jpg",
        "2026-03-01T09-00-17.jpg",
        "20260301T090017Z.jpg",
        "20260301t090017z-0042.jpg",
        "20260301T090017-0500.jpg",
        "burst/20260301T090017/2.png",
        "cam7_20260301T090017.000Z_2026-02-28T00:00:00Z.jpg",
        "2026-13-01T00:00:00Z 2026-03-01T09:00:17Z",
        "2026-03-01T10:00:17+01:00.jpg",
        "20260301T100017+0100.jpg",
        "20260301T100017+01.jpg",
        "2026-03-01T04:00:17-05:00.jpg",
    ],
)
def test_an_iso_timestamp_in_the_name_is_the_time_of_capture(name):
    assert capture_of(name, EVENT, WEEK) == Capture(NINE, "key")


def test_fractions_and_missing_seconds_are_read():
    late = NINE.replace(microsecond=123456)
    assert capture_of("20260301T090017.123456789Z", EVENT, WEEK) == Capture(late, "key")
    assert capture_of("2026-03-01T09:00Z.jpg", EVENT, WEEK).at == NINE.replace(second=0)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0900.jpg",
        "2026-03-01.jpg",
        "2026-03-01 09:00:17.jpg",
        "20260301_090017.jpg",
        "2026-02-30T09:00:17Z.jpg",
        "2026-03-01T25:00:17Z.jpg",
        "120260301T090017Z.jpg",
        "20260301T0900171234Z.jpg",
        "\u0662\u0660\u0662\u0666-03-01T09:00:17Z.jpg",
        "0001-01-01T00:00:00+14:00.jpg",
    ],
)
def test_a_name_that_holds_no_timestamp_leaves_the_time_of_the_event(name):
    assert capture_of(name, EVENT, WEEK) == Capture(EVENT, "event")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("2026-02-22T11:59:59Z", "event"),
        ("2026-02-22T12:00:00Z", "key"),
        ("2026-03-02T12:00:00Z", "key"),
        ("2026-03-02T12:00:01Z", "event"),
        ("1970-01-01T00:00:00Z 2026-03-01T09:00:17Z", "event"),
    ],
)
def test_a_camera_whose_clock_is_far_off_is_not_believed(name, source):
    assert capture_of(name, EVENT, WEEK).source == source


@given(
    claimed=st.datetimes(timezones=st.just(UTC)),
    event=st.datetimes(timezones=st.just(UTC)),
    around=st.tuples(st.text(max_size=5), st.text(max_size=5)),
    days=st.integers(0, 400),
)
def test_no_name_moves_a_capture_out_of_its_window(claimed, event, around, days):
    name = f"{around[0]}{claimed.isoformat()}{around[1]}"
    capture = capture_of(name, event, timedelta(days=days))
    assert -timedelta(days=days) <= capture.at - event <= timedelta(days=1)
    assert capture.source == "key" or capture.at == event


@given(st.text(alphabet="0123456789T:-_.Z+") | st.from_regex(r"\d{8}T\d{6}[+-]\d\d:\d\d"))
def test_any_name_gets_an_answer(name):
    assert capture_of(name, EVENT, WEEK).at.tzinfo is UTC
