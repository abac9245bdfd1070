"""Between which values the cells of a file's columns lie, as texts that DuckDB casts."""

import datetime as dt
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.iceberg.manifests import DataFile
from sandbox.services.athena.engine.iceberg.metadata import PartitionField
from sandbox.services.athena.engine.types import Type

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FORMS = {
    ("integer", 4): "<i", ("bigint", 4): "<i", ("bigint", 8): "<q", ("real", 4): "<f",
    ("double", 4): "<f", ("double", 8): "<d", ("boolean", 1): "<?", ("date", 4): "<i",
    ("timestamp", 8): "<q", ("timestamp with time zone", 8): "<q",
}  # fmt: skip
_TRUNCATE = re.compile(r"truncate\[(\d+)\]")


@dataclass(frozen=True)
class Bounds:
    """What is known of a column in one file; a bound that is not known is None."""

    lower: str | None = None
    upper: str | None = None
    has_nulls: bool = True
    has_values: bool = True


def bounds_of(file: DataFile, column: Column, spec: Sequence[PartitionField]) -> Bounds:
    """Take what the manifest says of a column, and of its bounds else what the partition says."""
    parted = _of_partition(file, column, spec)
    lower, upper = (
        text(decoded(given[column.field_id], column.kind), column.kind)
        if column.field_id in given
        else None
        for given in (file.lower, file.upper)
    )
    nulls, values = file.nulls.get(column.field_id), file.values.get(column.field_id)
    return Bounds(
        parted.lower if lower is None else lower,
        parted.upper if upper is None else upper,
        has_nulls=parted.has_nulls if nulls is None else nulls > 0,
        has_values=parted.has_values if None in (nulls, values) else nulls != values,
    )


def decoded(value: bytes, kind: Type) -> Any:
    """Read a bound as what can be compared: a moment as its microseconds, a day as its number."""
    # https://iceberg.apache.org/spec/#appendix-d-single-value-serialization
    form = _FORMS.get((kind.name, len(value)))
    if form:  # by its length: a column may have been widened since
        return struct.unpack(form, value)[0]
    if kind.name == "decimal":
        return int.from_bytes(value, "big", signed=True)
    return value.decode() if kind.name == "varchar" else value


def text(value: Any, kind: Type) -> str | None:
    """Write a bound, or a partition's value, for DuckDB to cast; None for what it cannot be."""
    if kind.name == "date":
        return str((_EPOCH + dt.timedelta(days=value)).date())
    if kind.name.startswith("timestamp"):
        return (_EPOCH + dt.timedelta(microseconds=value)).isoformat()
    if kind.name == "decimal":
        whole = int.from_bytes(value, "big", signed=True) if isinstance(value, bytes) else value
        return str(Decimal(whole).scaleb(-kind.numbers[1]))
    return str(value) if isinstance(value, int | float | str) else None


def _of_partition(file: DataFile, column: Column, spec: Sequence[PartitionField]) -> Bounds:
    for part, value in zip(spec, file.partition, strict=True):
        if part.source_id == column.field_id and part.transform != "void":
            if value is None:
                return Bounds(has_values=False)
            span = _span(part.transform, value, column.kind)
            if span is not None:
                lower, upper = (text(each, column.kind) for each in span)
                return Bounds(lower, upper, has_nulls=False)
    return Bounds()


def _span(transform: str, value: Any, kind: Type) -> tuple[Any, Any] | None:
    """Return the least and the greatest value that a transform turns into this one."""
    if transform == "identity":
        return value, value
    if transform in ("year", "month", "day", "hour"):
        first, after = _begin(transform, value), _begin(transform, value + 1)
        if kind.name == "date":
            return (first - _EPOCH).days, (after - _EPOCH).days - 1
        micro = dt.timedelta(microseconds=1)
        return (first - _EPOCH) // micro, (after - _EPOCH) // micro - 1
    found = _TRUNCATE.fullmatch(transform)
    if found and kind.whole:
        return value, value + int(found[1]) - 1
    return None


def _begin(unit: str, number: int) -> dt.datetime:
    if unit == "year":
        return _EPOCH.replace(year=1970 + number)
    if unit == "month":
        return _EPOCH.replace(year=1970 + number // 12, month=number % 12 + 1)
    return _EPOCH + (dt.timedelta(days=number) if unit == "day" else dt.timedelta(hours=number))
