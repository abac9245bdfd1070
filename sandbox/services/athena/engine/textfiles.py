"""Rows as Athena writes them into text and JSON objects."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sandbox.services.athena.engine.results import shown
from sandbox.services.athena.engine.types import Type


def text_line(row: Sequence[Any], shape: Sequence[tuple[str, Type]], delimiter: str) -> str:
    r"""Write delimited text; NULL is \N, lists and maps use Hive's inner delimiters."""
    cells = (_cell(value, kind) for value, (_, kind) in zip(row, shape, strict=True))
    return delimiter.join(cells)


def _cell(value: Any, kind: Type) -> str:
    if value is None:
        return "\\N"
    if kind.name == "array":
        return "\x02".join(_cell(v, kind.parts[0]) for v in value)
    if kind.name == "map":
        key, inner = kind.parts
        return "\x02".join(f"{_cell(k, key)}\x03{_cell(v, inner)}" for k, v in value.items())
    if kind.name == "row":
        return "\x02".join(_cell(v, k) for v, k in zip(value.values(), kind.parts, strict=True))
    return shown(value, kind) or ""


def json_line(row: Sequence[Any], shape: Sequence[tuple[str, Type]]) -> str:
    """Write a record of JSON; a NULL column is left out."""
    pairs = zip(row, shape, strict=True)
    record = {name: _value(v, kind) for v, (name, kind) in pairs if v is not None}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _value(value: Any, kind: Type) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if kind.name == "array":
        return [_value(v, kind.parts[0]) for v in value]
    if kind.name == "map":
        return {str(k): _value(v, kind.parts[1]) for k, v in value.items()}
    if kind.name == "row":
        pairs = zip(value.items(), kind.parts, strict=True)
        return {k: _value(v, part) for (k, v), part in pairs}
    if isinstance(value, Decimal | float):
        return float(value)
    return shown(value, kind)
