"""Waiting: random, growing, and never beyond the time that is left."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from runtime.backoff import waits
from testing.clock import Clock

draws = st.floats(0, 1, exclude_max=True)


@given(budget=st.floats(-5, 600), draw=st.lists(draws, min_size=1), calls=st.floats(0.01, 13))
def test_waits_never_add_up_to_more_than_the_budget(budget, draw, calls):
    clock = Clock()
    end = clock() + budget
    drawn = iter(draw)
    for wait in waits(lambda: end - clock(), lambda: next(drawn, 0.5)):
        clock.sleep(wait)
        assert clock() <= end
        clock.sleep(calls)


def test_waits_double_up_to_eight_seconds():
    longest = islice(waits(lambda: 1e9, lambda: 1.0), 2000)
    assert list(longest)[:8] == [0.25, 0.5, 1, 2, 4, 8, 8, 8]


@given(draws)
def test_any_part_of_a_wait_may_be_drawn(draw):
    assert next(waits(lambda: 1e9, lambda: draw)) == draw * 0.25
