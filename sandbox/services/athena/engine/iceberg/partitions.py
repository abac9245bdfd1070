"""The metadata table "t$partitions": what there is of each day, or of what else parts it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.services.athena.engine.iceberg.bounds import decoded, text
from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.iceberg.manifests import DATA, DataFile, files
from sandbox.services.athena.engine.iceberg.metadata import PartitionField, TableMetadata
from sandbox.services.athena.engine.scopes import Columns
from sandbox.services.athena.engine.tables import Store
from sandbox.services.athena.engine.types import BIGINT, DATE, INTEGER, Type

_RESULTS = {"day": DATE, "year": INTEGER, "month": INTEGER, "hour": INTEGER}


def columns(metadata: TableMetadata) -> Columns:
    """Return its columns; the partition comes first, where the table is parted."""
    spec, parted = metadata.specs[metadata.spec_id], []
    if spec:
        kinds = tuple(result_of(part, metadata) for part in spec)
        parted = [("partition", Type("row", kinds, fields=tuple(part.name for part in spec)))]
    counts = [(name, BIGINT) for name in ("record_count", "file_count", "total_size")]
    plain = _plain(metadata)
    ranges = tuple(
        Type(
            "row",
            (c.kind, c.kind, BIGINT, BIGINT),
            fields=("min", "max", "null_count", "nan_count"),
        )
        for c in plain
    )
    data = Type("row", ranges, fields=tuple(c.name for c in plain))
    return [*parted, *counts, ("data", data)]


def rows(metadata: TableMetadata, store: Store) -> Iterator[tuple[Any, ...]]:
    """List the partitions of the newest snapshot."""
    spec = metadata.specs[metadata.spec_id]
    grouped: dict[tuple[Any, ...], list[DataFile]] = {}
    for each in files(store, metadata.current):
        if each.content == DATA and each.spec_id == metadata.spec_id:
            grouped.setdefault(each.partition, []).append(each)
    for values, found in grouped.items():
        shown = {
            part.name: None if value is None else text(value, result_of(part, metadata))
            for part, value in zip(spec, values, strict=True)
        }
        counts = sum(f.rows for f in found), len(found), sum(f.size for f in found)
        data = {c.name: _range(c, found) for c in _plain(metadata)}
        yield (*([shown] if spec else []), *counts, data)


def result_of(part: PartitionField, metadata: TableMetadata) -> Type:
    """Return the type of a partition's value."""
    transform = part.transform
    if transform in _RESULTS:
        return _RESULTS[transform]
    if transform.startswith("bucket"):
        return INTEGER
    found = [c for schema in metadata.columns.values() for c in schema]
    return next(c.kind for c in reversed(found) if c.field_id == part.source_id)


def _plain(metadata: TableMetadata) -> list[Column]:
    return [c for c in metadata.columns[metadata.schema_id] if not c.parts]


def _range(column: Column, found: Sequence[DataFile]) -> dict[str, Any]:
    lower, upper = (
        _extreme(column, [file.lower for file in found], min),
        _extreme(column, [file.upper for file in found], max),
    )
    nulls = [file.nulls.get(column.field_id) for file in found]
    known = [n for n in nulls if n is not None]
    total = sum(known) if len(known) == len(nulls) else None
    return {"min": lower, "max": upper, "null_count": total, "nan_count": None}


def _extreme(column: Column, given: Sequence[Mapping[int, bytes]], choose: Any) -> str | None:
    bounds = [each[column.field_id] for each in given if column.field_id in each]
    if len(bounds) < len(given):
        return None
    return text(choose(decoded(each, column.kind) for each in bounds), column.kind)
