"""Columns of a window or a training set, as tests of drift take them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Values = Any  # numpy.ndarray of float64, one dimension, none of it NaN
Texts = list[str]
NUMBERS = ("number", "count", "flag")
KINDS = (*NUMBERS, "category")


def present(column: Sequence[Any], kind: str) -> tuple[Any, int]:
    """Return the cells that hold something, and the number of those that do not.

    They are ``Texts`` of a category, and ``Values`` of all other kinds. None and NaN hold nothing.
    Cells of numbers may be texts that say one; a text that says none raises ValueError: what the
    model refuses is no drift.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; allowed: {', '.join(KINDS)}; mend the signature")
    held = [cell for cell in column if cell is not None and cell == cell]
    if kind == "category":
        return [str(cell) for cell in held], len(column) - len(held)
    values = np.asarray(held, dtype=np.float64)
    values = values[~np.isnan(values)]
    return values, len(column) - len(values)


def rows_of(columns: Mapping[str, Sequence[Any]]) -> int:
    """Count the rows; raise ValueError where columns differ."""
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise ValueError(
            f"columns have {sorted(lengths)} rows; allowed: the same number; leave out the rows "
            "that lack a feature"
        )
    return lengths.pop() if lengths else 0
