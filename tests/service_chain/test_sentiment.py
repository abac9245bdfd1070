"""The sentiment of the whole: the parts weighed by their length, the largest score the label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_chain.sentiment import overall, segment

SCORES = st.fixed_dictionaries(
    {name: st.floats(0, 1) for name in ("Positive", "Negative", "Neutral", "Mixed")}
)


def of(**scores):
    return {**dict.fromkeys(("Positive", "Negative", "Neutral", "Mixed"), 0.0), **scores}


def test_a_long_part_weighs_more_than_a_short_one():
    parts = [segment(0, 30, of(Positive=1.0)), segment(30, 40, of(Negative=1.0))]
    assert overall(parts) == {
        "label": "POSITIVE",
        "positive": 0.75,
        "negative": 0.25,
        "neutral": 0.0,
        "mixed": 0.0,
    }


def test_a_part_has_its_place_and_its_own_label():
    part = segment(3, 9, of(Mixed=0.6, Negative=0.4))
    assert (part["begin"], part["end"], part["label"]) == (3, 9, "MIXED")


def test_of_no_parts_the_whole_is_neutral_and_nothing_is_known_of_it():
    zeros = {"positive": 0.0, "negative": 0.0, "neutral": 0.0, "mixed": 0.0}
    assert overall([]) == {"label": "NEUTRAL", **zeros}


@given(st.lists(st.tuples(st.integers(1, 999), SCORES), min_size=1), st.randoms())
def test_the_order_of_the_parts_does_not_matter_and_the_label_is_the_largest(given_parts, random):
    parts = [segment(0, length, score) for length, score in given_parts]
    whole = overall(parts)
    random.shuffle(parts)
    assert overall(parts) == whole
    scores = {name: whole[name] for name in ("positive", "negative", "neutral", "mixed")}
    assert scores[whole["label"].lower()] == max(scores.values())
    total = sum(length for length, _ in given_parts)
    weighed = sum(length * score["Positive"] for length, score in given_parts) / total
    assert whole["positive"] == pytest.approx(weighed, abs=2e-6)
