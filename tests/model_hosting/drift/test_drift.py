"""Drift of known size is found at the power that the page states, and else there is silence."""

import json
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_hosting.drift import Limits, judge_window
from runtime.reference_summary import read_summary, summarize

REFERENCE_ROWS, WINDOW_ROWS, WINDOWS = 5_000, 1_000, 200
POWER_WINDOWS = 60
ENTRANCES = ["north", "south", "west"]
FEATURES: list[dict[str, Any]] = [
    {"name": "dwell_seconds", "kind": "number"},
    {"name": "age", "kind": "number"},
    {"name": "touches", "kind": "count"},
    {"name": "spent", "kind": "number"},  # nothing, for three of five
    {"name": "returning", "kind": "flag"},
    {"name": "entrance", "kind": "category", "categories": ENTRANCES},
]


def columns(random, rows, **shifted):
    """Draw rows; what is shifted is told by the name of a parameter."""
    p = {"dwell": 0.0, "scale": 1.0, "touches": 3.0, "zeros": 0.6, "spent": 20.0,
         "returning": 0.3, "north": 0.5, "missing": 0.05, **shifted}  # fmt: skip
    age = random.normal(40, 12, rows)
    age[random.random(rows) < p["missing"]] = np.nan
    spent = np.where(random.random(rows) < p["zeros"], 0.0, random.exponential(p["spent"], rows))
    rest = (1 - p["north"]) / 2
    return {
        "dwell_seconds": random.normal(p["dwell"], p["scale"], rows),
        "age": age,
        "touches": random.poisson(p["touches"], rows),
        "spent": spent,
        "returning": (random.random(rows) < p["returning"]).astype(int),
        "entrance": list(random.choice(ENTRANCES, rows, p=[p["north"], rest, rest])),
    }


@pytest.fixture(scope="module")
def reference():
    made = summarize(FEATURES, columns(np.random.default_rng(1), REFERENCE_ROWS))
    return read_summary(json.loads(json.dumps(made.document())))


def found(reference, seed, windows, **shifted):
    """Return, of so many windows, those that ring, by what rang."""
    random = np.random.default_rng(seed)
    reports = [
        judge_window(reference, columns(random, WINDOW_ROWS, **shifted)) for _ in range(windows)
    ]
    return [{(each.feature, each.test) for each in r.findings if each.drifted} for r in reports]


@pytest.mark.parametrize("seed", [2, 3])
def test_two_hundred_windows_without_a_shift_ring_six_times_at_most(seed):
    drawn = summarize(FEATURES, columns(np.random.default_rng(10 * seed), REFERENCE_ROWS))
    assert sum(map(bool, found(drawn, seed, WINDOWS))) <= 6


SHIFTS = {
    "mean-by-a-quarter-deviation": ({"dwell": 0.25}, "dwell_seconds", "kolmogorov-smirnov"),
    "deviation-by-a-third": ({"scale": 4 / 3}, "dwell_seconds", "kolmogorov-smirnov"),
    "count-from-3-to-3.4": ({"touches": 3.4}, "touches", "chi-square"),
    "zeros-from-60-to-70-percent": ({"zeros": 0.7}, "spent", "repeated value"),
    "rest-half-as-much-again": ({"spent": 32.0}, "spent", "chi-square"),
    "flag-from-30-to-40-percent": ({"returning": 0.4}, "returning", "chi-square"),
    "category-from-50-to-60-percent": ({"north": 0.6}, "entrance", "chi-square"),
    "missing-from-5-to-12-percent": ({"missing": 0.12}, "age", "missing"),
    "outliers": ({"scale": 2.0}, "dwell_seconds", "range"),
}


@pytest.mark.parametrize(("shifted", "feature", "test"), SHIFTS.values(), ids=SHIFTS)
def test_each_named_shift_rings_in_nine_of_ten_windows(reference, shifted, feature, test):
    rung = found(reference, 7, POWER_WINDOWS, **shifted)
    assert sum((feature, test) in each for each in rung) / POWER_WINDOWS >= 0.9


NUMBER = st.floats() | st.none() | st.integers(-3, 3).map(float)
NUMBERS = st.lists(NUMBER, min_size=100, max_size=150)


@settings(max_examples=25)
@given(NUMBERS, st.sampled_from(["dwell_seconds", "touches", "spent", "returning"]))
def test_whatever_a_window_holds_each_test_gives_a_number_and_none_is_nan(reference, cells, name):
    rest = columns(np.random.default_rng(8), len(cells))
    report = judge_window(reference, {**rest, name: cells})
    for each in report.findings:
        assert 0 <= each.p_value <= 1
        assert np.isfinite(each.size)


def test_a_feature_that_is_the_same_in_every_row_is_silent_until_it_is_not():
    features = [{"name": "returning", "kind": "flag"}]
    reference = summarize(features, {"returning": [1] * 1_000})
    assert not judge_window(reference, {"returning": [1] * 1_000}).drifted
    assert judge_window(reference, {"returning": [0] * 1_000}).drifted


def test_texts_that_nobody_has_seen_before_are_a_category_of_their_own(reference):
    window = columns(np.random.default_rng(9), WINDOW_ROWS)
    window["entrance"] = ["roof"] * 100 + window["entrance"][100:]
    assert ("entrance", "chi-square") in {
        (each.feature, each.test) for each in judge_window(reference, window).findings
        if each.drifted
    }  # fmt: skip


def test_what_cannot_be_tested_is_told(reference):
    window = columns(np.random.default_rng(9), WINDOW_ROWS)
    del window["touches"]
    window["age"] = [None] * WINDOW_ROWS
    told = judge_window(reference, window).told
    assert told == (
        "age: every cell of the window is missing",
        "touches: no such column in the window",
    )
    few = judge_window(reference, columns(np.random.default_rng(9), 99))
    assert (few.findings, few.told) == ((), ("99 rows are too few to judge: want 100",))


def test_a_change_that_is_certain_and_small_does_not_ring(reference):
    shifted = partial(judge_window, reference)
    window = columns(np.random.default_rng(9), 200_000, dwell=0.08)
    assert not any(e.drifted for e in shifted(window).findings if e.feature == "dwell_seconds")
    strict = Limits(distance=0.0)
    assert any(e.drifted for e in shifted(window, strict).findings if e.feature == "dwell_seconds")


def test_no_row_of_the_training_set_is_kept():
    random = np.random.default_rng(1)
    drawn = columns(random, 100_000)
    size = len(json.dumps(summarize(FEATURES, drawn).document()))
    assert size < 40_000


@pytest.mark.parametrize(
    ("features", "drawn", "reason"),
    [
        (FEATURES, {"age": [1.0] * 5}, "dwell_seconds"),
        (FEATURES[:1], {"dwell_seconds": [1.0] * 499}, "at least 500 rows"),
        (FEATURES[:2], {"dwell_seconds": [1.0] * 500, "age": [1.0] * 501}, "the same number"),
        ([{"name": "a", "kind": "text"}], {"a": ["x"] * 500}, "kind is 'text'"),
    ],
    ids=["absent", "few", "ragged", "kind"],
)
def test_a_reference_that_says_too_little_is_refused(features, drawn, reason):
    with pytest.raises(ValueError, match=reason):
        summarize(features, drawn)
