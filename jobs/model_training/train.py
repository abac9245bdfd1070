"""Grow gradient-boosted trees on a prepared training set: the script of a training job."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic

import xgboost as xgb

from model_training.boosting import boost, matrix
from model_training.checkpoints import Checkpoints, fingerprint
from model_training.hyperparameters import boosting_parameters, hyperparameters, read_arguments
from model_training.known_rows import library_difference
from model_training.label_first import read_rows
from model_training.metric_lines import metric_line
from model_training.signature import FILE, read_signature
from model_training.travelling_model import KNOWN, write_model

CHANNELS = ("train", "validation", "signature")


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
