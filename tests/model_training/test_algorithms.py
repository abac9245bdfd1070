"""The algorithms that AWS has built in: what may be asked of each, and how a mistake is told."""

import json
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.model_training.algorithms import requests
from stacks.model_training.algorithms.hyperparameter import Hyperparameter
from stacks.model_training.algorithms.table import algorithms, refused
from stacks.model_training.settings import ModelTraining
from stacks.settings import SettingsError, load_settings
from stacks.shared.images import registries
from testing.training_plans import ASKED, GPU

ON_SPOT = {"training_minutes": 40, "spot_minutes": 20}
NAMES = [name for name in algorithms() if name != "script"]


def settings(**changes):
    overrides = {f"model_training.{name}": value for name, value in changes.items()}
    return load_settings(None, overrides).of(ModelTraining)


def choose(name, **changes):
    """Choose an algorithm, with what it does not do without."""
    algorithm = algorithms()[name]
    told = {"algorithm": name, "hyperparameters": dict(ASKED.get(name, {})), **ON_SPOT}
    if algorithm.processors == "gpu":
        told["train_instance"] = GPU
    if name == "seq2seq":
        told["serving_instances"] = [GPU]
    return settings(**{**told, **changes})


@pytest.mark.parametrize("name", NAMES)
def test_every_algorithm_can_be_chosen_with_no_more_than_it_needs(name):
    found = choose(name)
    assert found.trained_by.title == algorithms()[name].title
    given = requests.spelled(found.trained_by, found.hyperparameters)
    lacking = {n for n, h in found.trained_by.hyperparameters.items() if h.required} - set(given)
    assert not lacking


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_of_the_table_is_whole_and_says_where_it_was_read(name):
    found = algorithms()[name]
    assert found.group in registries()
    assert found.source.startswith("https://docs.aws.amazon.com/sagemaker/")
    assert set(found.modes) <= {"File", "FastFile", "Pipe"}
    assert set(found.measures.values()) <= {"most", "least"}
    assert (found.auc in found.measures) == bool(found.auc)
    assert bool(found.accelerators) == (found.processors != "cpu")
    assert found.is_ours or (found.requests and found.answers)
    for spec in found.hyperparameters.values():
        assert spec.ours is None or spec.takes(spec.ours)
        assert spec.type in ("integer", "number", "text", "flag")
        assert spec.type != "flag" or len(spec.words) == 2
        assert not (spec.required and spec.ours is not None)


def test_instances_of_the_table_are_some_that_sagemaker_trains_on():
    known = boto3.client("sagemaker", region_name="eu-west-1").meta.service_model
    kinds = known.shape_for("TrainingInstanceType").enum
    for found in algorithms().values():
        for family in found.accelerators:
            assert any(kind.startswith(f"ml.{family}.") for kind in kinds), family


@pytest.mark.parametrize("name", sorted(refused()))
def test_what_aws_has_retired_is_refused_with_what_to_use_instead(name):
    with pytest.raises(SettingsError, match=rf"algorithm is '{name}'; allowed: .*{name}.* use "):
        settings(algorithm=name)


MISTAKES: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown one": ("script", {"algorithm": "xgbost"}, r"did you mean xgboost\?"),
    "a required one is missing": ("k-means", {"hyperparameters": {}}, "without: k, a whole number"),
    "beyond its range": (
        "random-cut-forest",
        {"hyperparameters": {"num_trees": 20}},
        "num_trees a whole number from 50 to 1000",
    ),
    "none of the words": (
        "linear-learner",
        {"hyperparameters": {"optimizer": "adagrad"}},
        "optimizer auto, adam, sgd, rmsprop",
    ),
    "no whole number": ("k-means", {"hyperparameters": {"k": 2.5}}, "k a whole number from 1"),
    "text for a number": ("k-means", {"hyperparameters": {"k": "ten"}}, "k a whole number from 1"),
    "misspelled": (
        "xgboost",
        {"hyperparameters": {"max_dept": 3}},
        r"max_dept is none \(did you mean max_depth\?\)",
    ),
    "another objective": (
        "xgboost",
        {"hyperparameters": {"objective": "reg:squarederror"}},
        "binary:logistic .reports and the gate",
    ),
    "what is counted": (
        "pca",
        {"hyperparameters": {"num_components": 2, "feature_dim": 8}},
        "no feature_dim, which is counted",
    ),
    "not a number": ("xgboost", {"hyperparameters": {"eta": float("nan")}}, "eta a number from 0"),
    "true for a number": ("xgboost", {"hyperparameters": {"max_depth": True}}, "max_depth a whole"),
    "a mode": ("object2vec", {"input_mode": "Pipe"}, "one of File, which object2vec has"),
    "a format": ("xgboost", {"input_format": "recordio"}, "one of csv"),
    "a manifest by File": (
        "object-detection",
        {"input_format": "augmented-manifest"},
        "Pipe, as an augmented manifest",
    ),
    "a processor for pictures": (
        "image-classification",
        {"train_instance": "ml.m5.large"},
        "with a GPU, of ml.p3, ml.g4dn, ml.g5",
    ),
    "a GPU for a forest": ("random-cut-forest", {"train_instance": GPU}, "stand idle"),
    "another GPU": ("k-means", {"train_instance": "ml.p4d.24xlarge"}, "accelerated instance of"),
    "Graviton": ("k-means", {"train_instance": "ml.m6g.large"}, "an instance of x86"),
    "Inferentia": ("k-means", {"train_instance": "ml.trn1.2xlarge"}, "accelerated instance of"),
    "several instances": ("lda", {"train_instances": 2}, "1, as lda trains on one"),
    "several of a kind of text": (
        "blazingtext",
        {"train_instances": 2},
        "only if mode is batch_skipgram",
    ),
    "several by Pipe": (
        "image-classification",
        {"train_instances": 2, "input_mode": "Pipe"},
        "on several by File only",
    ),
    "a further channel": ("lda", {"further_channels": ["vocab"]}, "without: test"),
    "an unknown measure": ("k-nn", {"measures": {"test:auc": 0.5}}, "tells: test:accuracy; not"),
    "a measure of ours": ("xgboost", {"measures": {"validation:auc": 0.5}}, "by least_auc and"),
    "an hour on Spot": ("pca", {"training_minutes": 50}, "of 60 together at most"),
    "serving sequences": (
        "seq2seq",
        {"serving_instances": ["ml.m5.large"]},
        "an instance with a GPU",
    ),
    "serving trees": ("xgboost", {"serving_instances": [GPU]}, "without accelerators"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_what_is_allowed(name):
    chosen, changes, words = MISTAKES[name]
    with pytest.raises(SettingsError, match=words) as told:
        choose(chosen, **changes)
    assert len(str(told.value).splitlines()) == 1
    assert "; allowed: " in str(told.value)


TUNING: dict[str, Any] = {
    "tuning_jobs": 6,
    "tuning_ranges": {"max_depth": {"from": 3, "to": 8}},
    "tuning_parallel": 2,
}
GRID = {"max_depth": {"values": [3, 5]}, "eta": {"values": [0.1, 0.2, 0.3]}}
TUNED_WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no range": ({"tuning_ranges": {}}, "0 without tuning_ranges"),
    "more at once than jobs": ({"tuning_jobs": 1}, "tuning_parallel is 2; allowed: 1 at most"),
    "more than the quota": (
        {"tuning_parallel": 5},
        "tuning_parallel is 5; allowed: 4 at most: each job takes 1 of the 4",
    ),
    "more jobs than AWS has": (
        {"tuning_jobs": 751, "tuning_strategy": "Bayesian"},
        "750 at most by the strategy Bayesian",
    ),
    "no strategy": ({"tuning_strategy": "Annealing"}, "one of: Bayesian, Grid, Hyperband, Random"),
    "an objective": ({"tuning_objective": "test:auc"}, '"" for validation:auc, or another'),
    "a range of nothing": ({"tuning_ranges": {"depth": {"from": 1, "to": 2}}}, "depth is none"),
    "what is not searched": (
        {"tuning_ranges": {"checkpoint_seconds": {"from": 1, "to": 2}}},
        "checkpoint_seconds is none",
    ),
    "a range beyond": (
        {"tuning_ranges": {"max_depth": {"from": 3, "to": 99}}},
        "max_depth a whole number from 1 to 16, which 99 is not",
    ),
    "a range backwards": (
        {"tuning_ranges": {"max_depth": {"from": 8, "to": 3}}},
        "from a number to a larger one",
    ),
    "a range of text": ({"tuning_ranges": {"eta": {"from": "a", "to": "b"}}}, "eta a number"),
    "half a range": ({"tuning_ranges": {"eta": {"from": 0.1}}}, "for eta { from = 1, to = 9"),
    "a scale": (
        {"tuning_ranges": {"eta": {"from": 0.1, "to": 0.2, "scale": "Log"}}},
        "a scale of Auto, Linear",
    ),
    "a logarithm of nothing": (
        {"tuning_ranges": {"gamma": {"from": 0, "to": 2, "scale": "Logarithmic"}}},
        "a range above 0",
    ),
    "no value": ({"tuning_ranges": {"eta": {"values": []}}}, "a list of 1 to 30"),
    "a value twice": ({"tuning_ranges": {"eta": {"values": [0.1, 0.1]}}}, "each value once"),
    "a grid with a range": ({"tuning_strategy": "Grid"}, "as a grid has no ranges"),
    "a grid of another size": (
        {"tuning_strategy": "Grid", "tuning_ranges": GRID},
        "6, as many",
    ),
    "given and searched": ({"hyperparameters": {"max_depth": 4}}, "a table without max_depth"),
    "what tells nothing": (
        {"algorithm": "pca", "hyperparameters": {"num_components": 2}, "tuning_ranges": {}},
        "0 without tuning_ranges",
    ),
}


@pytest.mark.parametrize("name", TUNED_WRONG)
def test_a_tuning_that_cannot_be_is_refused(name):
    changes, words = TUNED_WRONG[name]
    if name == "a grid of another size":
        changes = {**changes, "tuning_jobs": 5}
    with pytest.raises(SettingsError, match=words):
        settings(**{**TUNING, **ON_SPOT, **changes})


def test_a_tuning_has_its_bound_on_the_objective_alone():
    tuned = {
        **TUNING,
        "tuning_ranges": {"wd": {"from": 1e-7, "to": 1.0, "scale": "Logarithmic"}},
    }
    assert choose("linear-learner").bounds == {"test:roc_auc_score": 0.65}
    assert choose("linear-learner", **tuned).bounds == {"validation:roc_auc_score": 0.65}
    other = {**tuned, "tuning_objective": "validation:objective_loss"}
    assert choose("linear-learner", **other).bounds == {}
    told = {"validation:objective_loss": 0.4}
    assert choose("linear-learner", **other, measures=told).bounds == told


def test_what_a_tuning_chooses_need_not_be_given():
    found = choose(
        "k-nn",
        hyperparameters={"sample_size": 500},
        **{**TUNING, "tuning_ranges": {"k": {"from": 1, "to": 20}}},
    )
    assert found.tuning.objective == "test:accuracy"


SPECS = st.builds(
    Hyperparameter,
    name=st.just("h"),
    type=st.sampled_from(["integer", "number"]),
    least=st.none() | st.integers(-5, 5),
    most=st.none() | st.integers(6, 20),
)


@given(spec=SPECS, value=st.integers(-30, 30) | st.floats(-30, 30) | st.booleans() | st.text())
def test_what_is_taken_is_a_number_in_its_range_and_spelled_as_json(spec, value):
    if spec.takes(value):
        number = json.loads(spec.spelled(value))
        assert number == value
        assert isinstance(value, int | float)
        assert not isinstance(value, bool)
        assert spec.least is None or number >= spec.least
        assert spec.most is None or number <= spec.most
        assert spec.type == "number" or number == int(number)


def test_a_flag_is_spelled_as_its_algorithm_reads_it():
    found = algorithms()
    assert requests.spelled(found["blazingtext"], {"subwords": True})["subwords"] == "True"
    assert requests.spelled(found["pca"], {"subtract_mean": False})["subtract_mean"] == "false"
