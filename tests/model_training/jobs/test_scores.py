"""Scores by example and by law; what one class cannot tell is told so, and is no NaN."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_training.gate import gate
from model_training.scores import ScoreError, auc, roc, scores, slices

PAIRS = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), max_size=40)


def arrays(pairs):
    return np.array([p[0] for p in pairs], float), np.array([p[1] for p in pairs], float)


@given(PAIRS)
def test_the_area_is_the_share_of_pairs_in_the_right_order(pairs):
    labels, told = arrays(pairs)
    ups, downs = told[labels == 1], told[labels == 0]
    if len(ups) and len(downs):
        wins = sum((u > d) + (u == d) / 2 for u in ups for d in downs)
        assert auc(labels, told) == pytest.approx(wins / (len(ups) * len(downs)))
    else:
        assert auc(labels, told) is None


@given(PAIRS)
def test_nothing_is_ever_nan_and_all_is_json(pairs):
    labels, told = arrays(pairs)
    found = scores(labels, told, 0.5)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert sum(found["confusion"].values()) == len(pairs)
    assert sum(part["rows"] for part in found["calibration"]) == len(pairs)
    assert (found["told"] is None) == (found["auc"] is not None)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(pairs, draw):
    moved = list(pairs)
    draw.shuffle(moved)
    (one, other) = (scores(labels, told, 0.3) for labels, told in map(arrays, (pairs, moved)))
    assert one["confusion"] == other["confusion"]
    assert one["auc"] == other["auc"]
    if pairs:
        assert one["log_loss"] == pytest.approx(other["log_loss"])


def test_figures_of_a_known_example():
    found = scores(np.array([1, 1, 0, 0]), np.array([0.9, 0.4, 0.6, 0.1]), 0.5)
    assert found["confusion"] == {
        "true_positives": 1,
        "false_positives": 1,
        "true_negatives": 1,
        "false_negatives": 1,
    }
    assert (found["auc"], found["precision"], found["recall"]) == (0.75, 0.5, 0.5)
    assert found["brier"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)


def test_a_curve_goes_from_nothing_to_everything():
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 2, 500).astype(float)
    curve = roc(labels, draw.random(500))
    assert (curve[0], curve[-1]) == ([0, 0], [1, 1])
    assert curve == sorted(curve)
    assert roc(np.ones(3), np.ones(3)) == []


@pytest.mark.parametrize(
    ("labels", "told", "words"),
    [
        ([1, 2], [0.1, 0.2], "neither"),
        ([1], [1.5], "no probability"),
        ([1], [float("nan")], "no pro"),
    ],
    ids=["label", "above one", "nan"],
)
def test_what_cannot_be_scored_is_refused(labels, told, words):
    with pytest.raises(ScoreError, match=words):
        scores(np.array(labels), np.array(told), 0.5)


def test_each_slice_is_scored_and_small_ones_are_told():
    labels = np.array([1, 0] * 10 + [1])
    told = np.linspace(0.1, 0.9, 21)
    found = slices(labels, told, {"store": ["a"] * 20 + ["b"]}, 0.5, 5)
    a, b = found["store"]
    assert (a["value"], a["rows"], a["told"]) == ("a", 20, None)
    assert b == {"value": "b", "rows": 1, "told": "fewer than 5 rows"}


def test_the_gate_always_has_numbers():
    assert gate({"auc": 0.8}, {"auc": 0.75}) == {"auc": 0.8, "gain": pytest.approx(0.05)}
    assert gate({"auc": 0.8}, None) == gate({"auc": 0.8}, {"auc": None}) == {"auc": 0.8, "gain": 1}
    assert gate({"auc": None}, None) == {"auc": 0, "gain": -1}
