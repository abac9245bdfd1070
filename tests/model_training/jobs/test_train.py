"""Training: the same rows give the same model, whenever and however often it is killed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from model_training import served_model
from model_training.hyperparameters import HyperparameterError
from model_training.label_first import read_rows
from model_training.metric_lines import METRICS, metric_line
from model_training.packed_model import ModelError, open_model

PATH = os.pathsep.join([str(Path(__file__).parents[3] / "jobs"), *sys.path])
SLOW = {"num_round": 1200, "early_stopping_rounds": 0, "checkpoint_seconds": 1, "max_depth": 8}


def model_of(folder):
    return (folder / "model" / "model.json").read_bytes()


def test_the_same_rows_and_seed_give_the_same_model(train, prepared, trained, tmp_path):
    again = train(prepared, tmp_path, num_round=60)
    assert (again.folder / "model.json").read_bytes() == (
        trained.folder / "model.json"
    ).read_bytes()


def test_another_seed_gives_another_model(train, prepared, trained, tmp_path):
    other = train(prepared, tmp_path, num_round=60, seed=8)
    assert (other.folder / "model.json").read_bytes() != (
        trained.folder / "model.json"
    ).read_bytes()


@contextmanager
def started(prepared, folder, environment):
    words = [word for k, v in SLOW.items() for word in (f"--{k}", str(v))]
    with subprocess.Popen(  # noqa: S603 (our own script)
        [sys.executable, "-m", "model_training.train", *words],
        env={**os.environ, **environment(prepared, folder), "PYTHONPATH": PATH},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def rounds_of(process):
    return [int(n) for line in process.stdout for n in re.findall(r"^round=(\d+);", line)]


def test_who_is_killed_goes_on_from_a_checkpoint_and_makes_the_same_model(
    prepared, environment, tmp_path
):
    unbroken, killed = tmp_path / "unbroken", tmp_path / "killed"
    with started(prepared, killed, environment) as first:
        while not list((killed / "checkpoints").glob("round-*.json")):
            assert first.poll() is None, "it ended before it was killed: make it slower"
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
        before = rounds_of(first)
    assert first.returncode == -signal.SIGKILL
    assert not (killed / "model").exists()
    with started(prepared, killed, environment) as second:
        after = rounds_of(second)
    assert second.returncode == 0
    assert 0 < after[0] <= before[-1] + 1
    assert after[-1] == SLOW["num_round"] - 1
    with started(prepared, unbroken, environment) as whole:
        assert rounds_of(whole) == list(range(SLOW["num_round"]))
    assert whole.returncode == 0
    assert model_of(killed) == model_of(unbroken)


def test_a_half_written_or_foreign_checkpoint_is_passed_over(train, prepared, trained, tmp_path):
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    (folder / "round-000050.json").write_text('{"learner": {')
    (folder / "round-000040.json").write_bytes((trained.folder / "model.json").read_bytes())
    again = train(prepared, tmp_path, num_round=60)
    assert (again.folder / "model.json").read_bytes() == (
        trained.folder / "model.json"
    ).read_bytes()


def test_it_stops_once_the_validation_gets_no_better(train, prepared, tmp_path):
    found = train(prepared, tmp_path, num_round=400, eta=0.5, early_stopping_rounds=5)
    assert open_model(found.archive).booster.num_boosted_rounds() < 100


def test_metrics_are_found_in_the_log_by_their_expressions(train, prepared, tmp_path, capsys):
    train(prepared, tmp_path, num_round=2)
    text = capsys.readouterr().out
    for name, expression in METRICS.items():
        values = [float(value) for value in re.findall(expression, text)]
        assert len(values) == 2, name
        assert all(0 < value < 1.5 for value in values)
    assert metric_line(3, {"train-auc": 0.75}) == "round=3; train-auc=0.750000;"


def test_a_hyperparameter_that_cannot_be_stops_it_before_it_reads_anything(train, tmp_path):
    with pytest.raises(HyperparameterError, match="eta is '7'"):
        train(tmp_path, tmp_path, eta=7)


def test_another_release_of_the_library_is_refused(train, prepared, tmp_path, monkeypatch):
    monkeypatch.setattr("xgboost.__version__", "3.2.0")
    with pytest.raises(ImportError, match=r"xgboost is 3\.2\.0, and was"):
        train(prepared, tmp_path)


def test_what_travels_with_a_model_proves_it(trained):
    model = open_model(trained.archive)
    assert model.signature.label == "label"
    assert json.loads((trained.folder / "known_rows.json").read_text())["rows"]
    assert not list(trained.folder.glob("**/*.pkl"))
    assert (trained.folder / "code" / "model_training" / "signature.py").is_file()


def test_what_serves_models_takes_what_was_trained(trained, prepared):
    served = served_model.load(trained.folder)
    rows = read_rows(prepared / "test", len(open_model(trained.archive).signature.names)).features
    told = open_model(trained.archive).predict(rows)
    assert served.predict(rows.astype(np.float32)) == pytest.approx(told.tolist(), abs=1e-6)
    assert (trained.folder / "code" / "inference.py").is_file()


def test_a_model_that_tells_otherwise_than_it_did_is_refused(trained, tmp_path):
    import tarfile

    known = json.loads((trained.folder / "known_rows.json").read_text())
    known["predictions"][3] += 0.01
    (tmp_path / "known_rows.json").write_text(json.dumps(known))
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as made:
        for name in ("model.json", "signature.json"):
            made.add(trained.folder / name, name)
        made.add(tmp_path / "known_rows.json", "known_rows.json")
    with pytest.raises(ModelError, match="1 of 20 known rows are "):
        open_model(tmp_path / "model.tar.gz")


def test_an_archive_without_a_part_is_refused(trained, tmp_path):
    import tarfile

    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as made:
        made.add(trained.folder / "model.json", "model.json")
    with pytest.raises(ModelError, match=r"has no signature\.json"):
        open_model(tmp_path / "model.tar.gz")
