"""Rows for algorithms that take numbers only: no category, and nothing missing. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from model_training.training_set import Manifest, TrainingSetError

FILE = "columns.json"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Number:
    """A feature that is a number, told by how many deviations it is off the mean, or as it is."""

    feature: str
    mean: float = 0.0
    deviation: float = 1.0


@dataclass(frozen=True, slots=True)
class Indicator:
    """Whether a row has a category: of one that is unknown, no row of its feature's is one."""

    feature: str
    category: str
    code: int


Column = Number | Indicator


def columns_of(train: pa.Table, manifest: Manifest, *, scaled: bool) -> list[Column]:
    """Say what the columns are, by the rows that are learned of.

    Raises TrainingSetError for a feature without a value in some row.
    """
    found: list[Column] = []
    for name in manifest.features:
        if categories := manifest.categories.get(name):
            found += [Indicator(name, each, code) for code, each in enumerate(categories, 1)]
            continue
        values = _numbers(train, name, "train")
        deviation = float(values.std()) if len(values) else 0.0
        # A feature that never changes has no deviation to be told by.
        is_told = scaled and deviation > 0
        found.append(Number(name, float(values.mean()), deviation) if is_told else Number(name))
    return found


def dense(rows: pa.Table, columns: Sequence[Column], split: str) -> Floats:
    """Write rows in these columns; raises TrainingSetError for a value that is missing."""
    made = np.empty((rows.num_rows, len(columns)), np.float32)
    for place, column in enumerate(columns):
        values = _numbers(rows, column.feature, split)
        if isinstance(column, Indicator):
            made[:, place] = values == column.code
        else:
            made[:, place] = (values - column.mean) / column.deviation
    return made


def document(columns: Sequence[Column]) -> bytes:
    """Write what the columns are, in their order, for whoever asks the model."""
    told = [
        {"feature": each.feature, "category": each.category}
        if isinstance(each, Indicator)
        else {"feature": each.feature, "mean": each.mean, "deviation": each.deviation}
        for each in columns
    ]
    return json.dumps({"feature_dim": len(columns), "columns": told}, indent=1).encode()


def _numbers(rows: pa.Table, name: str, split: str) -> NDArray[np.float64]:
    column = rows.column(name)
    if missing := column.null_count:
        raise TrainingSetError(
            f"{name} is missing in {missing} of the {rows.num_rows} rows of {split}, which this "
            "algorithm takes no part of; let the lake fill it, or choose script or xgboost"
        )
    values = np.asarray(column.to_numpy(), float)
    if not np.isfinite(values).all():
        raise TrainingSetError(f"{name} is no number in some row of {split}; mend the lake's rows")
    return values
