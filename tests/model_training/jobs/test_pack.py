"""What AWS's own XGBoost has learned becomes a model like those of our script."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xgboost as xgb

from model_training import pack
from model_training.label_first import read_rows
from model_training.packed_model import ModelError, open_model
from model_training.signature import read_signature

ROUNDS = 40


@pytest.fixture(scope="module")
def signature(prepared):
    return read_signature((prepared / "signature" / "signature.json").read_bytes())


@pytest.fixture
def learned(prepared, signature, tmp_path):
    """Train as AWS's algorithm does: without names, into a file without an ending."""

    def run(name=pack.LEARNED, columns=None, patience=None):
        rows = {n: read_rows(prepared / n, len(signature.names)) for n in ("train", "validation")}
        data = {
            n: xgb.DMatrix(found.features[:, :columns], label=found.labels)
            for n, found in rows.items()
        }
        booster = xgb.train(
            {"objective": "binary:logistic", "eta": 0.9, "max_depth": 6, "nthread": 1},
            data["train"],
            ROUNDS,
            evals=[(found, n) for n, found in data.items()],
            early_stopping_rounds=patience,
            verbose_eval=False,
        )
        (tmp_path / "model").mkdir()
        (tmp_path / name).write_bytes(booster.save_raw("ubj"))  # its default without an ending
        with tarfile.open(tmp_path / "model" / "model.tar.gz", "w:gz") as archive:
            archive.add(tmp_path / name, name)
        return booster, rows["validation"]

    return run


def words(prepared, folder):
    places = {
        "model": folder / "model",
        "signature": prepared / "signature",
        "rows": prepared / "validation",
        "out": folder / "out",
    }
    return [word for name, place in places.items() for word in (f"--{name}", str(place))]


def test_the_packed_model_tells_what_the_learned_one_does(learned, prepared, tmp_path):
    booster, rows = learned()
    pack.main(words(prepared, tmp_path))
    model = open_model(tmp_path / "out" / "model.tar.gz")
    told = booster.predict(xgb.DMatrix(rows.features))
    assert np.abs(model.predict(rows.features) - told).max() < 1e-6
    with tarfile.open(tmp_path / "out" / "model.tar.gz") as archive:
        names = {member.name for member in archive}
    assert {"model.json", "signature.json", "known_rows.json", "code/inference.py"} <= names
    assert "code/model_training/row_plan.py" in names


def test_what_stopped_early_is_packed_up_to_its_best_round(learned, prepared, tmp_path):
    booster, rows = learned(patience=3)
    assert booster.best_iteration + 1 < booster.num_boosted_rounds()
    pack.main(words(prepared, tmp_path))
    model = open_model(tmp_path / "out" / "model.tar.gz")
    assert model.booster.num_boosted_rounds() == booster.best_iteration + 1
    best = booster[: booster.best_iteration + 1].predict(xgb.DMatrix(rows.features))
    assert np.abs(model.predict(rows.features) - best).max() < 1e-6


def test_it_runs_from_a_zip_as_processing_jobs_have_it(learned, prepared, tmp_path):
    learned()
    jobs = Path(pack.__file__).parent
    with zipfile.ZipFile(tmp_path / "modules.zip", "w") as archive:
        archive.writestr("model_training/__init__.py", "")
        for path in jobs.glob("*.py"):
            archive.write(path, f"model_training/{path.name}")
    command = [sys.executable, "-m", "model_training.pack", *words(prepared, tmp_path)]
    places = [str(tmp_path / "modules.zip"), *(each for each in sys.path if "jobs" not in each)]
    done = subprocess.run(  # noqa: S603 (our own module)
        command,
        env={"PYTHONPATH": os.pathsep.join(places)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with tarfile.open(tmp_path / "out" / "model.tar.gz") as archive:
        assert "code/model_training/row_plan.py" in archive.getnames()


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"name": "other"}, "has no xgboost-model"), ({"columns": 3}, "trees of 3 columns")],
)
def test_what_is_no_such_model_is_refused(asked, said, learned, prepared, tmp_path):
    learned(**asked)
    with pytest.raises(ModelError, match=said):
        pack.main(words(prepared, tmp_path))
