"""Sightings: their ids and moments, and that each is delivered at least once, oldest first."""

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import fastjsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_inference.byte_budget import ByteBudget
from edge_inference.delivery import Delivery
from edge_inference.retries import wait_seconds
from edge_inference.sighting import Moment, Origin, body, message, record, with_age
from edge_inference.spool import Spool
from edge_inference.tracker import Track

SCHEMA = Path(__file__).parents[3] / "components/edge_inference/sighting.v1.schema.json"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()
ORIGIN = Origin("feeder-1", "garden", "folder", "0123456789ab")
validate = fastjsonschema.compile(json.loads(SCHEMA.read_text()))


def at(uptime, *, wall=NOON, boot="one"):
    return Moment(wall + uptime, uptime, boot)


def track(number=1, first=10.0, last=14.0):
    return Track(number, first, last, 9, (64, 48, 320, 240), 0.87654, {"robin": 7.5, "jay": 1.0})


def sighting(number=1, now=None):
    return record(track(number), now or at(20), ORIGIN, (640, 480))


def test_a_sighting_says_what_when_and_where():
    told = with_age(sighting(), at(50))
    validate(told)
    assert told["species"] == "robin"
    assert (told["first_seen"], told["last_seen"]) == (
        "2026-06-01T12:00:10.000+00:00",
        "2026-06-01T12:00:14.000+00:00",
    )
    assert (told["box"], told["confidence"], told["seconds"]) == ([0.1, 0.1, 0.5, 0.5], 0.8765, 4)
    assert (told["age_ms"], told["age_by"]) == (36_000, "uptime")


def test_one_bird_has_one_id_and_another_has_another():
    assert sighting()["sighting_id"] == sighting(now=at(99))["sighting_id"]
    others = [
        sighting(2),
        record(track(), at(20, boot="two"), ORIGIN, (640, 480)),
        record(track(first=11), at(20), ORIGIN, (640, 480)),
        record(track(), at(20), Origin("feeder-2", "garden", "folder", "0" * 12), (640, 480)),
    ]
    assert len({one["sighting_id"] for one in [sighting(), *others]}) == 5


def test_a_clock_that_is_set_right_changes_no_age():
    """The device believed it was 1970; then it heard the time; 36 seconds passed all the same."""
    wrong = record(track(), at(20, wall=0), ORIGIN, (640, 480))
    told = with_age(wrong, at(50))
    assert (told["last_seen"][:4], told["age_ms"]) == ("1970", 36_000)


@pytest.mark.parametrize(
    ("now", "age", "by"),
    [
        (at(5, wall=NOON + 3600, boot="two"), 3_591_000, "wall"),
        (at(5, wall=NOON - 3600, boot="two"), None, None),  # set back: it cannot tell
    ],
)
def test_after_another_boot_the_wall_clock_tells(now, age, by):
    told = with_age(sighting(), now)
    validate(told)
    assert (told["age_ms"], told["age_by"]) == (age, by)


@pytest.fixture
def spool(make_spool):
    return make_spool()


def fill(spool, count, first=0):
    sightings = [sighting(number) for number in range(first, first + count)]
    spool.append([(one["sighting_id"], body(one)) for one in sightings])
    return [one["sighting_id"] for one in sightings]


def delivery(spool, **changes):
    random = Random(1).random  # noqa: S311 - waits, no secret
    return Delivery(
        spool, **{"message_bytes": 4800, "receipt_seconds": 30, "random": random, **changes}
    )


def ids(payload):
    return [one["sighting_id"] for one in json.loads(payload)]


def test_a_message_holds_the_oldest_and_no_more_than_it_may(spool):
    named = fill(spool, 40)
    sends = delivery(spool)
    sent = sends.due(at(0))
    assert ids(sent.payload) == named[: len(sent.numbers)]
    assert 3500 < len(sent.payload) <= 4800
    assert sends.bytes_sent == len(sent.payload)
    for told in json.loads(sent.payload):
        validate(told)


def test_a_sighting_larger_than_a_message_is_sent_alone(spool):
    fill(spool, 2)
    assert len(delivery(spool, message_bytes=10).due(at(0)).numbers) == 1


def test_what_has_no_receipt_waits_and_is_sent_again(spool):
    fill(spool, 3)
    sends = delivery(spool)
    sent = sends.due(at(100))
    assert sends.due(at(129)) is None  # one at a time
    assert sends.due(at(130)) is None  # it has failed, and waits a moment
    again = sends.due(at(131.1))
    assert (again.numbers, spool.depth) == (sent.numbers, 3)
    assert json.loads(again.payload)[0]["age_ms"] > json.loads(sent.payload)[0]["age_ms"]
    assert sends.received(again.payload, at(132))
    assert (spool.depth, sends.delivered, sends.due(at(133))) == (0, 3, None)


def test_a_receipt_that_comes_late_counts(spool):
    fill(spool, 3)
    sends = delivery(spool)
    first = sends.due(at(0))
    sends.failed(at(1))
    sends.due(at(40))
    assert sends.received(first.payload, at(41))
    assert spool.depth == 0


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b"[{}]", b"\xff", b'[{"sighting_id": "other"}]']
)
def test_what_others_send_is_no_receipt(spool, payload):
    fill(spool, 1)
    sends = delivery(spool)
    sends.due(at(0))
    assert not sends.received(payload, at(1))
    assert spool.depth == 1


def test_a_receipt_of_nothing_under_way_does_nothing(spool):
    fill(spool, 1)
    sends = delivery(spool)
    assert not sends.received(message([sighting(0)], at(0)), at(1))
    sends.accepted(at(1))
    assert (spool.depth, sends.delivered) == (1, 0)


def test_failures_wait_longer_each_time_and_never_too_long():
    waits = [wait_seconds(failures, 0.999) for failures in range(20)]
    assert waits == sorted(waits)
    assert (round(waits[0]), round(waits[-1])) == (1, 300)
    assert wait_seconds(5, 0) == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["see", "lose", "take", "twice", "restart"]), max_size=25))
def test_whatever_the_network_does_all_arrive_in_order(tmp_path, steps):
    """Losses, duplicates and restarts in any order; then the network works, and all is there."""
    place = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
    spool = Spool(place, largest_bytes=10**7, reserve_bytes=16)
    sends, now = delivery(spool, message_bytes=1200), 0
    arrived: list[str] = []
    named: list[str] = []
    for step in [*steps, *["take"] * 40]:
        now += 400  # longer than any wait
        if step == "see":
            named += fill(spool, 3, first=len(named))
        elif step == "restart":
            spool.close()
            spool = Spool(place, largest_bytes=10**7, reserve_bytes=16)
            sends = delivery(spool, message_bytes=1200)
        elif sent := sends.due(at(now)) or sends.due(at(now + 350)):
            if step == "lose":
                sends.failed(at(now))
                continue
            arrived += ids(sent.payload) * (2 if step == "twice" else 1)
            sends.received(sent.payload, at(now + 1))
    spool.close()
    assert list(dict.fromkeys(arrived)) == named
    assert spool.depth == 0


def test_a_day_has_its_bytes_and_no_more():
    budget = ByteBudget(100)
    assert [budget.spend(size, NOON) for size in (60, 50, 40, 1)] == [True, False, True, False]
    assert budget.spend(100, NOON + 86_400)


def test_a_restart_or_a_clock_set_back_opens_no_day_once_more():
    budget = ByteBudget(100)
    budget.spend(90, NOON)
    again = ByteBudget(100, budget.state())
    assert not again.spend(20, NOON - 5 * 86_400)
    assert not again.spend(20, NOON)
    assert again.spend(10, NOON)
