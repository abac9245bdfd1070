"""Evaluation, explanation and bias of a trained model, as the jobs write them."""

import json

import numpy as np
import pytest

from fixtures.training_set import make_training_set
from model_training import evaluate, explain
from model_training.bias import disparities
from model_training.label_first import read_rows
from model_training.learned_features import recoded
from model_training.packed_model import open_model
from model_training.signature import Feature, Signature
from runtime.reference_summary import FEWEST_ROWS, read_summary

PACKAGE = "arn:of:a:package"


@pytest.fixture
def report(prepared, trained, tmp_path):
    """Evaluate a model against a champion's archive, or none; gives the report."""

    def make(model=trained, champion=None, rows=prepared):
        folder = tmp_path / "champion"
        (folder / "starts").mkdir(parents=True)
        (folder / "starts" / "champion.json").write_text(
            json.dumps({"package": champion and PACKAGE})
        )
        if champion:
            (folder / "models").mkdir()
            (folder / "models" / "model.tar.gz").write_bytes(champion.archive.read_bytes())
        evaluate.main(
            [
                *("--model", str(model.archive.parent), "--rows", str(rows / "test")),
                *("--groups", str(rows / "groups"), "--champion", str(folder)),
                *("--out", str(tmp_path / "out"), "--threshold", "0.5", "--fewest", "20"),
            ]
        )
        return json.loads((tmp_path / "out" / "evaluation.json").read_text())

    return make


def test_a_model_is_judged_by_the_rows_of_the_test_split(report, training_set):
    found = report()
    tested = [row for row in training_set.rows if row["split"] == "test"]
    assert found["candidate"]["rows"] == len(tested)
    assert found["candidate"]["positives"] == sum(row["label"] for row in tested)
    assert 0.7 < found["candidate"]["auc"] < 0.95
    assert found["candidate"]["calibration_error"] < 0.1
    assert found["champion"] is None
    assert found["champion_told"] == "no package of the group is approved yet"
    assert found["gate"]["gain"] == 1
    assert {part["value"] for part in found["slices"]["store"]} == {r["store"] for r in tested}


def test_no_model_is_far_better_than_the_truth_allows(report, training_set):
    """The chances that labels were drawn by are the best that anybody could tell."""
    from model_training.scores import auc

    pairs = zip(training_set.rows, training_set.chances, strict=True)
    tested = [(row["label"], chance) for row, chance in pairs if row["split"] == "test"]
    best = auc(*(np.array(column, float) for column in zip(*tested, strict=True)))
    assert best is not None
    assert report()["candidate"]["auc"] < best + 0.02


def test_a_champion_is_scored_on_the_same_rows(report, train, prepared, tmp_path):
    weak = train(prepared, tmp_path / "weak", num_round=1, max_depth=1)
    found = report(champion=weak)
    assert found["champion"]["package"] == PACKAGE
    assert found["champion"]["rows"] == found["candidate"]["rows"]
    assert found["gate"]["gain"] > 0.02


def test_the_champion_itself_gains_nothing(report, trained):
    assert report(champion=trained)["gate"]["gain"] == 0


def test_a_champion_that_knows_the_categories_in_another_order_is_judged_rightly(
    report, prepare, train, trained, training_set, tmp_path
):
    """The lake numbers categories by how often they come: each training set in its own way."""
    from dataclasses import replace

    from fixtures.training_set import content_hash

    known = training_set.manifest["fitted"]["codes"]["store"]
    turned = [
        {**row, "store_code": len(known) + 1 - row["store_code"]} for row in training_set.rows
    ]
    codes = {**training_set.manifest["fitted"]["codes"], "store": known[::-1]}
    told = {
        **training_set.manifest,
        "content_hash": content_hash(turned),
        "fitted": {"fills": {}, "codes": codes},
    }
    other = replace(training_set, rows=turned, manifest=told)
    champion = train(prepare(other, tmp_path / "turned"), tmp_path / "other", num_round=60)
    assert abs(report(champion=champion)["gate"]["gain"]) < 0.01


def test_a_champion_that_needs_what_is_not_there_has_no_say(trained):
    own = open_model(trained.archive).signature
    more = (*own.features, Feature("weather", "number"))
    other = Signature(more, own.label, own.positive, own.library, own.training_set)
    assert recoded(np.zeros((1, len(own.names))), own, other) is None


def test_a_category_that_the_champion_does_not_know_is_missing_to_it():
    def signature(*names):
        return Signature((Feature("store", "category", True, names, "missing"),), "l", 1, {}, {})

    found = recoded(np.array([[0.0], [1.0], [np.nan]]), signature("a", "b"), signature("b", "c"))
    assert found is not None
    assert np.array_equal(found, [[np.nan], [0.0], [np.nan]], equal_nan=True)


@pytest.fixture(scope="module")
def explained(prepared, trained, tmp_path_factory):
    out = tmp_path_factory.mktemp("explained")
    explain.main(
        [
            *("--model", str(trained.archive.parent), "--rows", str(prepared / "test")),
            *("--train", str(prepared / "train")),
            *("--groups", str(prepared / "groups"), "--out", str(out)),
            *("--threshold", "0.5", "--fewest", "20"),
        ]
    )
    return {p.stem: json.loads(p.read_text()) for p in out.iterdir()}


def test_contributions_add_up_to_the_prediction(explained):
    assert explained["explainability"]["additive_error"] < 1e-4


def test_what_labels_were_drawn_by_contributes_most_and_in_its_direction(explained):
    features = {f["feature"]: f for f in explained["explainability"]["features"]}
    strongest = [f["feature"] for f in explained["explainability"]["features"]][:3]
    assert {"basket_touches", "seconds"} <= set(strongest)
    assert features["basket_touches"]["direction"] > 0.5


def test_bias_is_told_by_group(explained):
    store = next(d for d in explained["bias"]["disparities"] if d["group"] == "store")
    assert store["values"] == 4
    assert 0 <= store["yes_ratio"] <= 1
    assert store["four_fifths"] == (store["yes_ratio"] >= 0.8)


def test_what_travels_for_whoever_watches_tells_how_rows_were_drawn_and_of_none(
    explained, prepared, trained
):
    reference, own = explained["reference"], open_model(trained.archive).signature
    learnt = read_rows(prepared / "train", len(own.names))
    summary = read_summary(reference["features"])
    assert [each.name for each in summary.features] == own.names
    assert summary.rows == len(learnt.labels)
    tested = read_rows(prepared / "test", len(own.names))
    assert reference["label"] == {"positive": tested.labels.sum(), "rows": len(tested.labels)}
    assert reference["right"]["count"] == len(tested.labels)
    # So few rows are nothing to compare with: of predictions there is nothing, and it says so.
    assert (reference["prediction"] is None) == (len(tested.labels) < FEWEST_ROWS)
    assert len(reference["told"]) == (reference["prediction"] is None)


def test_groups_with_one_value_have_nothing_to_compare():
    (found,) = disparities({"store": [{"value": "a", "rows": 9, "predicted": 0.5}]})
    assert (found["yes_ratio"], found["four_fifths"], found["recall_difference"]) == (None,) * 3


def test_one_class_alone_is_told(report, prepare, train, trained, tmp_path):
    from dataclasses import replace

    from fixtures.training_set import content_hash

    found = make_training_set(600, seed=3)
    rows = [{**row, "label": 0 if row["split"] == "test" else row["label"]} for row in found.rows]
    told = {**found.manifest, "content_hash": content_hash(rows)}
    alone = prepare(replace(found, rows=rows, manifest=told), tmp_path / "alone")
    report = report(rows=alone)
    assert report["candidate"]["told"] == "one class: all labels are 0"
    assert report["gate"] == {"auc": 0, "gain": -1}
