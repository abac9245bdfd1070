"""The columns of a training set as a model sees them, and how a request names them. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from model_training.signature import CATEGORY, COUNT, MISSING, NUMBER, Feature, Signature
from model_training.training_set import Manifest

_CODE = "_code"
UNKNOWN = 0  # the lake's code of a category that its training split does not have


def features_of(rows: pa.Table, manifest: Manifest) -> tuple[Feature, ...]:
    """Say what each feature is, by the rows that are learned of.

    A column of codes becomes the category that it codes, by the category's own name.
    """
    return tuple(_feature(name, rows.column(name), manifest) for name in manifest.features)


def columns_of(rows: pa.Table, manifest: Manifest) -> list[pa.ChunkedArray]:
    """Return the features as the model sees them: categories by their places, from 0 on."""
    return [
        _places(rows.column(name)) if manifest.categories.get(name) else rows.column(name)
        for name in manifest.features
    ]


def request_row(values: Sequence[float], signature: Signature) -> dict[str, Any]:
    """Write what the model sees as a request has it."""
    pairs = zip(signature.features, values, strict=True)
    return {feature.name: _requested(feature, float(value)) for feature, value in pairs}


def recoded(
    values: NDArray[np.float64], own: Signature, other: Signature
) -> NDArray[np.float64] | None:
    """Write rows of one signature as another model sees them; None if it asks for more.

    A category that the other model does not know is missing to it.
    """
    at = {feature.name: (place, feature) for place, feature in enumerate(own.features)}
    if any(f.name not in at or f.kind != at[f.name][1].kind for f in other.features):
        return None
    columns = []
    for feature in other.features:
        place, known = at[feature.name]
        columns.append(_recoded(values[:, place], known, feature))
    return np.column_stack(columns)


def _feature(name: str, column: pa.ChunkedArray, manifest: Manifest) -> Feature:
    if categories := manifest.categories.get(name):
        named = name.removesuffix(_CODE)
        return Feature(named, CATEGORY, True, tuple(categories), MISSING)
    nullable = column.null_count > 0
    least = pc.min(column).as_py()
    whole = pa.types.is_integer(column.type) and (least is None or least >= 0)
    return Feature(name, COUNT if whole else NUMBER, nullable)


def _places(column: pa.ChunkedArray) -> pa.ChunkedArray:
    known = pc.greater(column, UNKNOWN)
    return pc.if_else(known, pc.subtract(column, 1), pa.scalar(None, column.type))


def _requested(feature: Feature, value: float) -> Any:
    if np.isnan(value):
        return None
    if feature.kind == CATEGORY:
        return feature.categories[int(value)]
    return int(value) if feature.kind == COUNT else value


def _recoded(column: NDArray[np.float64], own: Feature, other: Feature) -> NDArray[np.float64]:
    if own.kind != CATEGORY:
        return column
    places = {name: place for place, name in enumerate(other.categories)}
    table = np.array([places.get(name, np.nan) for name in own.categories], float)
    found = np.full(len(column), np.nan)
    there = ~np.isnan(column)
    found[there] = table[column[there].astype(int)]
    return found
