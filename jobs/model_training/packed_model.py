"""A trained model as SageMaker packs it, opened only if it tells what it is known by. Pure."""

import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from model_training import known_rows, signature
from model_training.row_plan import RowPlan
from model_training.signature import Signature, read_signature

FILE = "model.tar.gz"
Values = NDArray[np.float64] | NDArray[np.float32]
MODEL = "model.json"


class ModelError(ValueError):
    """An archive that cannot be relied on; its text says why."""


@dataclass(frozen=True, slots=True)
class Model:
    """A booster and what it takes."""

    booster: xgb.Booster
    signature: Signature

    def predict(self, values: Values) -> NDArray[np.float64]:
        """Tell the chance of a yes for rows as the model sees them."""
        rows = xgb.DMatrix(values, feature_names=self.signature.names)
        return np.asarray(self.booster.predict(rows), float)

    def contributions(self, values: Values) -> NDArray[np.float64]:
        """Tell SHAP values in log odds: a column a feature, and last the bias."""
        rows = xgb.DMatrix(values, feature_names=self.signature.names)
        return np.asarray(self.booster.predict(rows, pred_contribs=True), float)


def open_model(path: Path) -> Model:
    """Open an archive; raises ModelError if it lacks a part, or predicts other than it did.

    A load that merely succeeds proves nothing: a release of xgboost may read another's model
    without a word, and be wrong by the whole offset.
    """
    with tarfile.open(path) as archive:
        parts = {n: _part(archive, n) for n in (MODEL, signature.FILE, known_rows.FILE)}
    found = read_signature(parts[signature.FILE])
    known = known_rows.read_known_rows(parts[known_rows.FILE], found)
    booster = xgb.Booster()
    booster.load_model(bytearray(parts[MODEL]))
    model = Model(booster, found)
    values = RowPlan(found).of_objects([dict(row) for row in known.rows]).floats
    if wrong := known.difference([float(each) for each in model.predict(values)]):
        raise ModelError(
            f"{path.name}: {wrong}; it was trained by xgboost {found.library.get('xgboost')}, and "
            f"this is {xgb.__version__}"
        )
    return model


def _part(archive: tarfile.TarFile, name: str) -> bytes:
    for spelled in (name, f"./{name}"):
        try:
            found = archive.extractfile(spelled)
        except KeyError:
            continue
        if found:
            return found.read()
    raise ModelError(f"the archive has no {name}; it is none that train.py made")
