"""The algorithm that is built into AWS's XGBoost image: a program of its own, for CSV."""

# It is run by its path, with XGBoost alone: of the sandbox it can import nothing.
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy
import xgboost

Numbers = "numpy.typing.NDArray[numpy.float32]"
_BASE = Path(sys.argv[1])
_MODEL = "xgboost-model"


def main() -> None:
    """Train on the channel ``train``, watch ``validation``, write the model."""
    asked = json.loads((_BASE / "input/config/hyperparameters.json").read_text(encoding="utf-8"))
    channels = json.loads((_BASE / "input/config/inputdataconfig.json").read_text(encoding="utf-8"))
    if unknown := sorted(set(channels) - {"train", "validation"}):
        _refuse(f"channels are train and validation, and not {', '.join(unknown)}")
    parameters = {name: _number(value) for name, value in asked.items()}
    rounds = int(parameters.pop("num_round"))
    patience = parameters.pop("early_stopping_rounds", None)
    if "eval_metric" in parameters:
        parameters["eval_metric"] = str(parameters["eval_metric"]).split(",")
    watched = [(_data(name), name) for name in ("train", "validation") if name in channels]
    model = xgboost.train(
        parameters,
        watched[0][0],
        rounds,
        evals=watched,
        early_stopping_rounds=patience,
        verbose_eval=1,
    )
    model.save_model(_BASE / "model" / _MODEL)


def _data(channel: str) -> xgboost.DMatrix:
    """Read a channel: CSV without a header, whose first column is the label."""
    found = [path for path in sorted((_BASE / "input/data" / channel).rglob("*")) if path.is_file()]
    rows = numpy.concatenate([_rows(path) for path in found])
    return xgboost.DMatrix(rows[:, 1:], label=rows[:, 0])


def _rows(path: Path) -> Any:
    try:
        return numpy.genfromtxt(path, delimiter=",", dtype="float32", ndmin=2)
    except ValueError as error:
        _refuse(f"{path.name} is no CSV of numbers: {error}")


def _number(text: str) -> Any:
    convert: Callable[[str], Any]
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def _refuse(why: str) -> NoReturn:
    (_BASE / "output/failure").write_text(f"ClientError: {why}", encoding="utf-8")
    sys.exit(1)


if __name__ == "__main__":
    main()
