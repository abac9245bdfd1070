"""All that travels with a model: its trees, what it takes, known rows, and what serves it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from model_training.known_rows import FILE as KNOWN_ROWS
from model_training.known_rows import KnownRows
from model_training.learned_features import request_row
from model_training.packed_model import MODEL
from model_training.signature import FILE, Signature

KNOWN = 20  # rows that travel with a model
PACKAGE = "model_training"
HANDLERS = "inference.py"  # what serves the model, loaded from beside it


def write_model(
    folder: Path, booster: xgb.Booster, signature: Signature, known: NDArray[np.float64]
) -> None:
    """Write a folder that SageMaker packs, or a job of ours.

    ``known`` are rows, as the model sees them, that it is known by wherever it is loaded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / MODEL)
    (folder / FILE).write_bytes(signature.document())
    told = booster.predict(xgb.DMatrix(known, feature_names=signature.names))
    rows = tuple(request_row(row, signature) for row in known)
    written = KnownRows(rows, tuple(float(each) for each in told))
    (folder / KNOWN_ROWS).write_bytes(written.document())
    for name, content in _modules():
        _write(folder / "code" / PACKAGE / name, content)
        if name == HANDLERS:
            _write(folder / "code" / HANDLERS, content)


def _modules() -> Iterator[tuple[str, bytes]]:
    """Give the modules beside this one: of a folder, or of the zip that processing jobs have."""
    here = Path(__file__).parent
    beside: Path | zipfile.Path = here
    if not here.is_dir():
        beside = zipfile.Path(str(here.parent), f"{here.name}/")
    for found in beside.iterdir():
        if found.name.endswith(".py"):
            yield found.name, found.read_bytes()


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
