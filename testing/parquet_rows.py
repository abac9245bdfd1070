"""Rows as a file of Parquet, which Spark reads without starting a Python for them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

_TYPES = {
    "binary": pa.binary(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "decimal(18,2)": pa.decimal128(18, 2),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


def write_rows(path: Path, rows: Sequence[Sequence[Any]], columns: str) -> None:
    """Write rows with columns that are told as Spark tells them: ``name type, name type``."""
    named = [column.replace("`", "").split(" ") for column in columns.split(", ")]
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in named])
    cells = [[row[place] for row in rows] for place in range(len(named))]
    parquet.write_table(
        pa.Table.from_arrays(
            [pa.array(c, f.type) for c, f in zip(cells, schema, strict=True)], schema=schema
        ),
        path,
    )
