"""Values as Athena shows them, in GetQueryResults and in the result file alike."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.services.athena.engine import datetimes, printf
from sandbox.services.athena.engine.errors import not_carried
from sandbox.services.athena.engine.types import DAYS, MONTHS, Type

Row = list[str | None]


@dataclass
class Result:
    """What a statement answered."""

    columns: list[tuple[str, Type]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    kind: str = "DML"
    scanned: int = 0
    updated: int | None = None
    manifest: list[str] | None = None


def shown(value: Any, kind: Type) -> str | None:
    """Write one value."""
    return None if value is None else _text(value, kind)


def _text(value: Any, kind: Type) -> str:
    name = kind.name
    if value is None:
        return "null"
    if name == "boolean":
        return "true" if value else "false"
    if name == "double":
        return printf.double_text(float(value))
    if name == "real":
        return printf.real_text(float(value))
    if name == "decimal":
        return f"{value:.{kind.numbers[1]}f}"
    if name == "timestamp":
        return datetimes.text(value, kind.precision)
    if name == "timestamp with time zone":
        return _instant(value, kind)
    if name == "varbinary":
        return " ".join(f"{b:02x}" for b in bytes(value))
    if kind.parts:
        return _nested(value, kind)
    if kind in (DAYS, MONTHS):
        return _span(value)
    if name == "time":
        return f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}"
    return str(value)


def _instant(value: dt.datetime, kind: Type) -> str:
    if kind.zone is None:
        raise not_carried("an instant whose time zone the query's text does not fix")
    zone = dt.UTC if kind.zone == "UTC" else ZoneInfo(kind.zone)
    return f"{datetimes.text(value.astimezone(zone), kind.precision)} {kind.zone}"


def _nested(value: Any, kind: Type) -> str:
    if kind.name == "array":
        return "[" + ", ".join(_text(v, kind.parts[0]) for v in value) + "]"
    if kind.name == "map":
        key, inner = kind.parts
        return "{" + ", ".join(f"{_text(k, key)}={_text(v, inner)}" for k, v in value.items()) + "}"
    values = list(value.values()) if isinstance(value, dict) else list(value)
    names = [f or f"field{i}" for i, f in enumerate(kind.fields)]
    inner_text = zip(names, values, kind.parts, strict=True)
    return "{" + ", ".join(f"{n}={_text(v, k)}" for n, v, k in inner_text) + "}"


def _span(value: dt.timedelta) -> str:
    sign = "-" if value < dt.timedelta() else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{value.microseconds // 1000:03d}"
    return f"{sign}{value.days} {clock}"


def csv_lines(names: Sequence[str], rows: Iterable[Row]) -> str:
    """Write the result file: every value quoted, NULL as nothing at all."""

    def quoted(value: str | None) -> str:
        return "" if value is None else '"' + value.replace('"', '""') + '"'

    header: Row = [*names]
    lines = [",".join(map(quoted, row)) for row in [header, *rows]]
    return "\n".join(lines) + "\n"
