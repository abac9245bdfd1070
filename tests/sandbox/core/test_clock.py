"""One clock: it runs like the machine's, and skips to the next moment that somebody waits for."""

import asyncio
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core import in_flight
from sandbox.core.clock import Clock

MOMENTS = st.lists(st.floats(-100_000, 100_000), max_size=30)


def waits_of(clock, moments):
    """Have the clock watch these moments, in seconds from its beginning."""
    begun = clock.monotonic()
    for moment in moments:
        clock.watch(lambda at=begun + moment: at - now if at > (now := clock.monotonic()) else None)
    return begun


@given(MOMENTS)
def test_it_goes_from_one_moment_to_the_next_and_passes_none(moments):
    clock = Clock()
    begun = waits_of(clock, moments)
    for moment in sorted({moment for moment in moments if moment > 1}):
        while clock.monotonic() - begun < moment - 1e-6:
            seconds = clock.skip()
            assert seconds > 0
            assert clock.monotonic() - begun < moment + 0.5
    assert clock.skip() < 1.1
    assert clock.skipped <= max([0, *moments])


def test_where_nobody_waits_no_time_is_skipped():
    clock = Clock()
    clock.watch(lambda: None)
    assert clock.skip() == 0
    assert clock.time() == pytest.approx(time.time(), abs=1)


def test_all_that_it_tells_is_ahead_by_what_was_skipped():
    clock = Clock()
    waits_of(clock, [3600])
    clock.skip()
    assert clock.time() - time.time() == pytest.approx(3600, abs=1)
    assert clock.monotonic() - time.monotonic() == pytest.approx(3600, abs=1)
    assert clock.now().timestamp() - time.time() == pytest.approx(3600, abs=1)
    assert clock.strftime("%Y", clock.gmtime(0)) == "1970", "the rest is the machine's"


def test_who_waits_is_woken_after_a_skip_and_who_looks_looks_before_it():
    clock, woken = Clock(), []
    waits_of(clock, [60])
    clock.before_skip(lambda: woken.append(clock.skipped))
    clock.after_skip(lambda: woken.append(clock.skipped))
    clock.skip()
    assert woken == [0, pytest.approx(60, abs=1)]


def test_a_call_comes_in_its_turn_when_time_is_skipped_and_not_before():
    clock, called, both = Clock(), [], threading.Event()

    def last():
        called.append("late")
        both.set()

    clock.later(900, last)
    clock.later(600, lambda: called.append("early"))
    clock.later(300, lambda: called.append("never")).cancel()
    assert clock.skip() == pytest.approx(600, abs=1)
    assert not both.wait(0.1)
    assert called == ["early"]
    assert clock.skip() == pytest.approx(300, abs=1)
    assert both.wait(5)
    assert called == ["early", "late"]


def test_a_call_comes_by_itself_too():
    clock, called = Clock(), threading.Event()
    clock.later(0.01, called.set)
    assert called.wait(5)
    assert clock.skipped == 0


def test_work_that_rests_is_not_under_way():
    clock, over = Clock(), threading.Event()

    def work():
        with in_flight.counted("nap"):
            clock.rest(600)
        over.set()

    threading.Thread(target=work, name="napping (_read)").start()
    while clock.skip() == 0:
        assert "nap" not in in_flight.under_way() or not clock.skipped
        time.sleep(0.001)
    assert over.wait(5)
    assert clock.skipped == pytest.approx(600, abs=1)


def test_a_coroutine_rests_like_a_thread():
    clock, seen = Clock(), []

    async def look():
        while not clock.due() and clock.skip() == 0:
            await asyncio.sleep(0)

    async def work():
        with in_flight.counted("nap"):
            resting = asyncio.ensure_future(clock.pause(600))
            await asyncio.sleep(0.01)
            seen.append(in_flight.under_way().get("nap", 0))
            await look()
            await asyncio.wait_for(resting, 5)
            seen.append(in_flight.under_way().get("nap", 0))

    asyncio.run(work())
    assert seen == [0, 1]
