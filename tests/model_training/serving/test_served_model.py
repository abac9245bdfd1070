"""A model is served only if it tells what it told when it was trained, by the same library."""

import json
import shutil

import numpy as np
import pytest
import xgboost

from model_training.served_model import RefusedModelError, load
from model_training.signature import SignatureError
from testing.model_archive import visits


@pytest.fixture
def copied(archive, tmp_path):
    shutil.copytree(archive, tmp_path, dirs_exist_ok=True)
    return tmp_path


def change(folder, name, edit):
    path = folder / name
    content = json.loads(path.read_bytes())
    edit(content)
    path.write_text(json.dumps(content))


def test_known_rows_are_told_as_they_were(archive):
    known = json.loads((archive / "known_rows.json").read_bytes())
    model = load(archive)
    assert model.predict(model.plan.of_objects(known["rows"]).floats) == known["predictions"]


def test_a_row_alone_is_told_what_it_is_told_among_others(archive):
    model, rows = load(archive), visits(50, seed=3)
    told = model.predict(model.plan.of_objects(rows).floats)
    assert [model.predict(model.plan.of_objects([row]).floats)[0] for row in rows] == told
    matrix = xgboost.DMatrix(model.plan.of_objects(rows).floats, feature_names=model.plan.names)
    booster = xgboost.Booster(model_file=archive / "model.json")
    np.testing.assert_array_equal(np.array(told, np.float32), booster.predict(matrix))


def test_another_release_of_the_library_is_refused(copied):
    change(copied, "signature.json", lambda told: told["library"].update(xgboost="3.1.0"))
    with pytest.raises(RefusedModelError) as refused:
        load(copied)
    assert str(refused.value) == (
        f"xgboost is {xgboost.__version__}, and was 3.1.0 when the model was trained"
    )


def test_a_model_whose_offset_is_lost_is_refused(copied):
    """As a release does that does not read what a later one wrote: it loads without a word."""

    def forget(model):
        model["learner"]["learner_model_param"]["base_score"] = "5E-1"

    change(copied, "model.json", forget)
    with pytest.raises(RefusedModelError, match="5 of 5 known rows are off by more than 1e-06"):
        load(copied)


def test_another_model_is_refused(copied):
    change(copied, "known_rows.json", lambda known: known["predictions"].reverse())
    with pytest.raises(RefusedModelError, match="known rows are off"):
        load(copied)


def test_columns_in_another_order_are_refused(copied):
    change(copied, "signature.json", lambda told: told["features"].reverse())
    with pytest.raises(RefusedModelError, match=r"the model takes .*, and its signature tells"):
        load(copied)


def test_another_number_of_columns_is_refused(copied):
    def nameless(model):
        model["learner"]["feature_names"] = []
        model["learner"]["feature_types"] = []

    def shorter(told):
        told["features"].pop()

    change(copied, "model.json", nameless)
    change(copied, "signature.json", shorter)
    change(copied, "known_rows.json", lambda known: [row.pop("receipts") for row in known["rows"]])
    with pytest.raises(RefusedModelError, match="takes 6 columns, and its signature tells 5"):
        load(copied)


def test_a_file_that_is_no_model_is_refused(copied):
    (copied / "model.json").write_text("{}")
    with pytest.raises(RefusedModelError, match=r"model\.json is no model"):
        load(copied)


def test_known_rows_that_a_request_could_not_have_are_refused(copied):
    change(copied, "known_rows.json", lambda known: known["rows"][3].update(hour=-1))
    with pytest.raises(SignatureError, match="row 3: column hour: a count"):
        load(copied)


@pytest.mark.parametrize("name", ["model.json", "signature.json", "known_rows.json"])
def test_a_file_that_lacks_is_named(copied, name):
    (copied / name).unlink()
    with pytest.raises((OSError, RefusedModelError), match=name.replace(".", r"\.")):
        load(copied)
