"""The rate limiter: in any window of t seconds at most rate * t + 1 calls, whoever calls."""

import itertools
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.rate_limit import RateLimiter
from testing.clock import Clock

SLACK = 1e-9


@given(
    rate=st.floats(0.1, 200),
    gaps=st.lists(st.floats(0, 5) | st.just(0.0), min_size=1, max_size=40),
    oversleep=st.floats(0, 0.5),
)
def test_no_window_ever_holds_more_than_its_share(rate, gaps, oversleep):
    clock = Clock()
    limiter = RateLimiter(rate, clock=clock, sleep=lambda seconds: clock.sleep(seconds + oversleep))
    turns = []
    for gap in gaps:
        clock.sleep(gap)
        assert limiter.acquire(before=float("inf"))
        turns.append(clock())
    for (first, start), (last, end) in itertools.combinations(enumerate(turns), 2):
        assert last - first + 1 <= rate * (end - start) + 1 + SLACK * rate * 1000


def test_callers_that_are_always_there_use_the_whole_rate():
    clock = Clock()
    start = clock()
    limiter = RateLimiter(4, clock=clock, sleep=clock.sleep)
    for _ in range(41):
        limiter.acquire(before=float("inf"))
    assert clock() - start == pytest.approx(10)


def test_the_first_call_after_a_rest_does_not_wait_and_the_second_does():
    clock = Clock()
    limiter = RateLimiter(2, clock=clock, sleep=clock.sleep)
    limiter.acquire(before=float("inf"))
    clock.sleep(60)
    for wait in (0, 0.5):
        asked = clock()
        limiter.acquire(before=float("inf"))
        assert clock() - asked == pytest.approx(wait)


def test_a_turn_that_would_come_too_late_is_refused_at_once():
    clock = Clock()
    limiter = RateLimiter(1, clock=clock, sleep=clock.sleep)
    assert limiter.acquire(before=clock() + 0.5)
    now = clock()
    assert not limiter.acquire(before=now + 1)
    assert clock() == now
    assert limiter.acquire(before=now + 1.5)
    assert not limiter.acquire(before=clock())


def test_threads_share_one_pace():
    clock = Clock()
    start = clock()
    limiter = RateLimiter(10, clock=clock, sleep=clock.sleep)
    turns: list[bool] = []

    def call():
        turns.extend(limiter.acquire(before=float("inf")) for _ in range(25))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert turns == [True] * 100
    # Only sleeping moves this clock, and only for a turn: no turn was handed out for nothing.
    assert clock() - start == pytest.approx(9.9)
