"""Hyperparameters are held to their schema, and what is wrong is told by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_training.hyperparameters import (
    HyperparameterError,
    boosting_parameters,
    hyperparameters,
    read_arguments,
    specifications,
)

DEFAULTS = {name: spec["default"] for name, spec in specifications().items()}


def test_what_is_not_given_is_the_default_and_the_default_is_allowed():
    assert hyperparameters({}) == DEFAULTS
    assert hyperparameters(DEFAULTS) == DEFAULTS


@given(st.sampled_from(sorted(DEFAULTS)), st.data())
def test_every_value_of_its_range_is_taken_as_text_and_none_beyond(name, data):
    spec = specifications()[name]
    low, high = spec.get("minimum", spec.get("exclusiveMinimum")), spec["maximum"]
    draw = st.integers(low, high) if spec["type"] == "integer" else st.floats(low, high)
    value = data.draw(draw.filter(lambda x: x > low or "minimum" in spec))
    assert hyperparameters({name: str(value)})[name] == value
    for beyond in (high + 1, low - 1):
        with pytest.raises(HyperparameterError, match=f"{name} is .*; allowed: "):
            hyperparameters({name: beyond})


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"eta": "nan"}, "eta is 'nan'; allowed: a number above 0 up to 1"),
        ({"eta": 0}, "eta is 0; allowed: a number above 0"),
        ({"max_depth": "2.5"}, "max_depth is '2.5'; allowed: a whole number from 1 to 16"),
        ({"max_depth": True}, "max_depth is True"),
        ({"depth": 3}, "depth is no hyperparameter; allowed: num_round,"),
        ({"eta": 2, "depth": 3}, "eta is 2; .*; depth is no"),
    ],
    ids=["nan", "zero", "fraction", "flag", "unknown", "two at once"],
)
def test_what_is_wrong_is_told_by_name(given_, words):
    with pytest.raises(HyperparameterError, match=words):
        hyperparameters(given_)


def test_what_sagemaker_adds_is_no_hyperparameter():
    words = ["--eta", "0.5", "--_tuning_objective_metric", "validation:auc"]
    assert hyperparameters(read_arguments(words))["eta"] == 0.5


@pytest.mark.parametrize("words", [["--eta"], ["eta", "1"]], ids=["odd", "no name"])
def test_arguments_that_are_no_pairs_are_refused(words):
    with pytest.raises(HyperparameterError, match="allowed: pairs"):
        read_arguments(words)


def test_the_library_is_not_told_what_is_ours():
    told = boosting_parameters(hyperparameters({}))
    assert {"num_round", "checkpoint_seconds", "early_stopping_rounds"} & told.keys() == set()
    assert told["seed_per_iteration"] is True
