"""Answers of a model that answers otherwise are noticed during an update, and others are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_hosting.prediction_shift import FEWEST_BEFORE, FEWEST_SINCE, PredictionShift

LIMIT = 0.25  # as config/default.toml has it


def drawn(seed, count, spread=lambda x: x):
    source = random.Random(seed)  # noqa: S311 (no secret)
    return [spread(source.betavariate(2, 5)) for _ in range(count)]


def index(before, since):
    shift = PredictionShift()
    assert shift.add(before, is_updating=False) is None
    return shift.add(since, is_updating=True)


def test_a_hundred_updates_of_a_model_that_answers_alike_are_none_of_them_taken_back():
    found = [index(drawn(n, 200), drawn(n + 1_000, 100)) for n in range(100)]
    assert max(found) < LIMIT


@pytest.mark.parametrize(
    "spread",
    [lambda x: 1 - x, lambda _: 0.5, lambda x: x + 0.3],
    ids=["inverted", "constant", "lifted"],
)
def test_a_model_that_answers_otherwise_is_noticed_even_where_half_of_the_answers_are_its(spread):
    for seed in range(20):
        mixed = [*drawn(seed, 60), *drawn(seed + 500, 60, spread)]
        assert index(drawn(seed + 900, 400), mixed) > LIMIT


def test_too_few_answers_tell_nothing():
    assert index(drawn(1, FEWEST_BEFORE - 1), [0.0] * 500) is None
    assert index(drawn(1, FEWEST_BEFORE), [0.0] * (FEWEST_SINCE - 1)) is None


def test_after_an_update_whatever_serves_is_what_the_next_is_compared_with():
    shift = PredictionShift()
    shift.add(drawn(1, 400), is_updating=False)
    first = shift.add(drawn(2, 400, lambda x: 1 - x), is_updating=True)
    shift.add(drawn(3, 400, lambda x: 1 - x), is_updating=False)
    second = shift.add(drawn(4, 400, lambda x: 1 - x), is_updating=True)
    assert first is not None
    assert second is not None
    assert second < LIMIT < first


ANSWERS = st.lists(
    st.floats() | st.integers(-3, 3) | st.booleans() | st.text(max_size=2) | st.none(), max_size=300
)


@given(ANSWERS, ANSWERS)
def test_whatever_a_model_answers_the_index_is_none_or_a_finite_number(before, since):
    found = index([*before, *[0.5] * FEWEST_BEFORE], [*since, *[0.25] * FEWEST_SINCE])
    assert found is not None
    assert 0 <= found < float("inf")


def test_a_smaller_shift_is_noticed_once_all_answers_are_the_new_models():
    for seed in range(20):
        assert index(drawn(seed + 900, 400), drawn(seed, 400, lambda x: x / 2)) > LIMIT
