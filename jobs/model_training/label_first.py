"""Rows as SageMaker's algorithms read them: CSV without a header, the label first. Pure."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
from numpy.typing import NDArray

FILE = "rows.csv"
GROUPS = "groups.json"


class Rows(NamedTuple):
    """Labels and, in the order of the model's signature, features; NaN is what is missing."""

    labels: NDArray[np.float64]
    features: NDArray[np.float64]


class RowsError(ValueError):
    """Files that are not such rows; its text says what is wrong."""


def write_rows(folder: Path, columns: Iterable[pa.ChunkedArray], name: str = FILE) -> None:
    """Write one file, the label first; numbers are read again as exactly what they were."""
    found = list(columns)
    table = pa.table(found, names=[str(place) for place in range(len(found))])
    folder.mkdir(parents=True, exist_ok=True)
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    csv.write_csv(table, folder / name, options)


def read_rows(folder: Path, features: int) -> Rows:
    """Read all files of a folder that has rows of so many features, or none.

    Raises RowsError for rows of another width, and what is no number.
    """
    names = [str(place) for place in range(features + 1)]
    found = [_read(path, names) for path in sorted(folder.glob("**/*.csv")) if path.stat().st_size]
    if not found:
        return Rows(np.empty(0), np.empty((0, features)))
    table = pa.concat_tables(found)
    columns = [table.column(name).to_numpy(zero_copy_only=False) for name in names]
    return Rows(np.asarray(columns[0], float), np.column_stack(columns[1:]).astype(float))


def _read(path: Path, names: list[str]) -> pa.Table:
    try:
        return csv.read_csv(
            path,
            read_options=csv.ReadOptions(column_names=names),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.float64()), null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise RowsError(f"{path.name}: {error}; allowed: {len(names)} numbers a row") from None
