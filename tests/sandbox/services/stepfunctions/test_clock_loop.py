"""A loop on the sandbox's clock tells until when it rests, and that it is behind when it is."""

import asyncio

import pytest

from sandbox.services.stepfunctions.clock_loop import ClockLoop


@pytest.fixture
def loop():
    found = ClockLoop()
    yield found
    found.close()


async def _some_turns():
    for _ in range(3):
        await asyncio.sleep(0)


def test_a_call_whose_moment_has_come_is_under_way_until_it_has_begun(loop):
    seen = []
    loop.call_later(0, lambda: seen.append(loop.seconds_to_next()))
    loop.call_later(100, seen.clear)
    loop._waiting.rests = True  # it has not woken up yet
    assert loop.busy() == 1
    assert loop.seconds_to_next() <= 0
    loop.run_until_complete(_some_turns())
    loop._waiting.rests = True
    assert seen == [pytest.approx(100, abs=5)]
    assert loop.busy() == 0
    assert loop.seconds_to_next() == pytest.approx(100, abs=5)


def test_a_cancelled_call_is_no_moment(loop):
    loop.call_later(1, print).cancel()
    assert loop.seconds_to_next() is None
