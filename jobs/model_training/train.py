"""Grow gradient-boosted trees on a prepared training set: the script of a training job."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

import model_training.signature
from model_training.boosting import boost, matrix
from model_training.checkpoints import Checkpoints, fingerprint
from model_training.hyperparameters import boosting_parameters, hyperparameters, read_arguments
from model_training.known_rows import FILE as KNOWN_ROWS
from model_training.known_rows import KnownRows, library_difference
from model_training.label_first import read_rows
from model_training.learned_features import request_row
from model_training.metric_lines import metric_line
from model_training.signature import FILE, Signature, read_signature

CHANNELS = ("train", "validation", "signature")
KNOWN = 20  # rows that travel with the model
PACKAGE = Path(model_training.signature.__file__).parent
HANDLERS = "inference.py"  # what serves the model, loaded from beside it


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Train by the channels ``train``, ``validation`` and ``signature``; write the model.

    ``arguments`` are hyperparameters as SageMaker's toolkit passes them, ``environment`` its
    variables. Killed and started again on what it left in ``checkpoints``, it makes the same model.
    """
    settings = hyperparameters(read_arguments(arguments))
    places = {name: Path(environment[f"SM_CHANNEL_{name.upper()}"]) for name in CHANNELS}
    model = Path(environment["SM_MODEL_DIR"])
    signature = read_signature((places["signature"] / FILE).read_bytes())
    if wrong := library_difference(signature.library, {"xgboost": xgb.__version__}):
        raise ImportError(f"{wrong}; give the training job the image of that release")
    rows = {name: read_rows(places[name], len(signature.names)) for name in CHANNELS[:2]}
    data = {n: matrix(found, signature.names) for n, found in rows.items() if len(found.labels)}
    parameters = boosting_parameters(settings)
    booster = boost(
        data,
        # Sums of other numbers of threads differ in their last digits.
        {**parameters, "nthread": int(environment.get("SM_NUM_CPUS", "0"))},
        rounds=int(settings["num_round"]),
        patience=int(settings["early_stopping_rounds"]),
        checkpoints=Checkpoints(
            model.parent / "checkpoints",
            fingerprint(settings, signature.training_set["content_hash"]),
        ),
        due=_every(settings["checkpoint_seconds"]),
        tell=lambda number, figures: print(metric_line(number, figures), flush=True),
    )
    known = rows["validation"] if "validation" in data else rows["train"]
    write_model(model, booster, signature, known.features[:KNOWN])
    print(f"trained rounds={booster.num_boosted_rounds()};", flush=True)


def write_model(
    folder: Path, booster: xgb.Booster, signature: Signature, known: NDArray[np.float64]
) -> None:
    """Write all that travels with a model; SageMaker packs the folder.

    ``known`` are rows, as the model sees them, that it is known by wherever it is loaded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / "model.json")
    (folder / FILE).write_bytes(signature.document())
    told = booster.predict(xgb.DMatrix(known, feature_names=signature.names))
    rows = tuple(request_row(row, signature) for row in known)
    written = KnownRows(rows, tuple(float(each) for each in told))
    (folder / KNOWN_ROWS).write_bytes(written.document())
    for path in PACKAGE.glob("*.py"):
        _copy(path, folder / "code" / PACKAGE.name / path.name)
    if (handlers := PACKAGE / HANDLERS).is_file():
        _copy(handlers, folder / "code" / HANDLERS)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)


def _every(seconds: float) -> Callable[[], bool]:
    last = monotonic()

    def due() -> bool:
        nonlocal last
        if (now := monotonic()) - last < seconds:
            return False
        last = now
        return True

    return due


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
