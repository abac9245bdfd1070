"""Known rows prove that a model and a library tell what they told when it was trained."""

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from model_training.known_rows import (
    TOLERANCE,
    KnownRows,
    library_difference,
    read_known_rows,
)
from model_training.signature import COUNT, NUMBER, Feature, Signature, SignatureError

SIGNATURE = Signature(
    (Feature("hour", COUNT), Feature("temperature", NUMBER, nullable=True)),
    "label",
    1,
    {"xgboost": "3.0.5"},
    {"content_hash": "ab", "snapshot_id": "7", "manifest": "m"},
)
ROW = {"hour": 7, "temperature": None}
PREDICTIONS = st.lists(st.floats(0, 1), min_size=1, max_size=5)


def known(predictions, tolerance=TOLERANCE):
    return KnownRows((ROW,) * len(predictions), tuple(predictions), tolerance)


@given(predictions=PREDICTIONS)
def test_what_is_written_is_read_and_differs_in_nothing(predictions):
    rows = known(predictions)
    read = read_known_rows(rows.document(), SIGNATURE)
    assert read == rows
    assert read.difference(predictions) is None


@given(predictions=PREDICTIONS, data=st.data(), off=st.floats(-1, 1) | st.just(math.nan))
def test_one_prediction_that_is_off_by_more_is_told(predictions, data, off):
    place = data.draw(st.integers(0, len(predictions) - 1))
    told = [*predictions]
    told[place] += off
    is_near = abs(told[place] - predictions[place]) <= TOLERANCE
    difference = known(predictions).difference(told)
    assert (difference is None) == is_near
    assert is_near or f"row {place} is " in difference


@given(predictions=PREDICTIONS, told=PREDICTIONS)
def test_another_number_of_predictions_is_told(predictions, told):
    assume(len(predictions) != len(told))
    assert "known rows" in known(predictions).difference(told)


def test_a_difference_says_what_was_and_what_is():
    assert known([0.25, 0.5]).difference([0.25, 0.75]) == (
        "1 of 2 known rows are off by more than 1e-06: "
        "row 1 is 0.75, and was 0.5 when the model was trained"
    )


def test_another_release_is_told_by_package():
    trained = {"numpy": "2.1.0", "xgboost": "3.0.5"}
    assert library_difference(trained, {**trained, "beside": "1"}) is None
    assert library_difference(trained, {"xgboost": "3.1.0"}) == (
        "numpy is not there, and was 2.1.0 when the model was trained; "
        "xgboost is 3.1.0, and was 3.0.5 when the model was trained"
    )


RIGHT = {"rows": [ROW], "predictions": [0.5], "tolerance": 1e-6}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no rows": ({"rows": [], "predictions": []}, "has no row"),
    "more rows than predictions": ({"rows": [ROW, ROW]}, "2 rows and 1 predictions"),
    "a row without a column": ({"rows": [{"hour": 7}]}, "row 0 has no temperature"),
    "a row with another column": ({"rows": [{**ROW, "x": 1}]}, "row 0 has x; allowed are"),
    "a row that is none": ({"rows": [[7, None]]}, "has to be an object"),
    "a prediction that is a text": ({"predictions": ["0.5"]}, "'0.5' is no number"),
    "a prediction that is a flag": ({"predictions": [True]}, "True is no number"),
    "a tolerance of nothing": ({"tolerance": 0}, "not between 0 and 1"),
    "a tolerance of everything": ({"tolerance": 1}, "not between 0 and 1"),
    "another member": ({"x": 1}, "has x; allowed are"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_rows_that_prove_nothing_are_refused(kind):
    change, told = WRONG[kind]
    with pytest.raises(SignatureError, match=told):
        read_known_rows(json.dumps({**RIGHT, **change}).encode(), SIGNATURE)


def test_a_prediction_that_is_no_number_is_not_written():
    with pytest.raises(SignatureError, match="not finite"):
        known([math.nan])
