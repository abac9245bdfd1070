"""The name that the lake gives to what rows say, counted anew without Spark. Pure."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_DIGITS = 3  # of a row's hash, by which rows are put together
_SCALE = Decimal("0.000001")
_WIDE = Context(prec=60)
_ZEROS = {"-0.000000": "0.000000"}
# As Jackson writes texts, by which Spark writes JSON: what is no ASCII stays as it is.
_ESCAPES = {
    **{code: f"\\u{code:04X}" for code in range(0x20)},
    **{ord(c): f"\\{name}" for c, name in zip("\b\t\n\f\r", "btnfr", strict=True)},
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}


def content_hash(rows: pa.Table, columns: Mapping[str, str]) -> str:
    """Hash rows, whatever order and files they come in, to 64 hexadecimal digits.

    ``columns`` are Spark's types by name, in the manifest's order. A double counts by six decimal
    places, a time by its microseconds, a missing value by its absence.
    """
    said = [_said(rows.column(name), kind) for name, kind in columns.items()]
    names = [json.dumps(name) for name in columns]
    parts: dict[str, list[str]] = defaultdict(list)
    for row in zip(*said, strict=True):
        members = (f'{n}:"{v}"' for n, v in zip(names, row, strict=True) if v is not None)
        digest = hashlib.sha256(f"{{{','.join(members)}}}".encode()).hexdigest()
        parts[digest[:_DIGITS]].append(digest)
    hashes = sorted(
        [part, hashlib.sha256("".join(sorted(found)).encode()).hexdigest()]
        for part, found in parts.items()
    )
    content = json.dumps([[list(pair) for pair in columns.items()], hashes])
    return hashlib.sha256(content.encode()).hexdigest()


def _said(column: pa.ChunkedArray, kind: str) -> list[str | None]:
    if kind == "timestamp":
        column = pc.cast(column, pa.timestamp("us", tz="UTC")).cast(pa.int64())
    say = _SPELLINGS.get(kind, str)
    return [None if value is None else say(value) for value in column.to_pylist()]


def _decimal(value: float) -> str | None:
    if not isfinite(value):
        return None
    rounded = str(Decimal(repr(value)).quantize(_SCALE, ROUND_HALF_UP, _WIDE))
    return _ZEROS.get(rounded, rounded)


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


_SPELLINGS: dict[str, Callable[[Any], str | None]] = {"double": _decimal, "string": _text}
