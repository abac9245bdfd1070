"""Rows by name, as lines of CSV in the order that a model has its columns in. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from model_hosting.prediction_request import RefusedError


def ordered_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Write rows; raises RefusedError, 400, for one that has not exactly these columns.

    A model that takes rows without names cannot tell that they are in another order: so they are
    put in order by name here. What is missing is an empty cell.
    """
    wanted, lines = set(columns), list[str]()
    for number, row in enumerate(rows, start=1):
        if set(row) != wanted:
            raise RefusedError(400, f"row {number}: the columns are {', '.join(columns)}")
        lines.append(",".join(_cell(number, name, row[name]) for name in columns))
    return "\n".join(lines).encode()


def _cell(number: int, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    raise RefusedError(400, f"row {number}: column {name} is no number; send a number, or null")
