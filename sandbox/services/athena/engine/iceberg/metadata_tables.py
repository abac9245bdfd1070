"""What a table has beside its rows: "t$snapshots", "t$history", "t$refs", "t$files" and others."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.services.athena.engine.errors import not_carried
from sandbox.services.athena.engine.iceberg import partitions
from sandbox.services.athena.engine.iceberg.bounds import decoded, text
from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.iceberg.manifests import files, manifests
from sandbox.services.athena.engine.iceberg.metadata import TableMetadata
from sandbox.services.athena.engine.scopes import Columns
from sandbox.services.athena.engine.tables import Store
from sandbox.services.athena.engine.types import BIGINT, BOOLEAN, INTEGER, VARCHAR, Type, array

Rows = Iterator[tuple[Any, ...]]
_MOMENT = Type("timestamp with time zone", zone="UTC")
_COUNTS = Type("map", (INTEGER, BIGINT))
_TEXTS = Type("map", (INTEGER, VARCHAR))


@dataclass(frozen=True)
class MetadataTable:
    """One of them, of the table as it is now."""

    metadata: TableMetadata
    columns: Columns
    rows: Callable[[Store], Rows]


def metadata_table(metadata: TableMetadata, name: str) -> MetadataTable:
    """Find one by what stands behind the dollar; one that is not carried is refused by name."""
    if name == "partitions":
        return MetadataTable(
            metadata,
            partitions.columns(metadata),
            lambda store: partitions.rows(metadata, store),
        )
    if name not in _TABLES:
        raise not_carried(f'the table "{metadata.table}${name}"')
    columns, rows = _TABLES[name]
    return MetadataTable(metadata, columns, lambda store: rows(metadata, store))


def _moment(millis: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(millis / 1000, dt.UTC)


def _map(given: Mapping[Any, Any]) -> dict[str, list[Any]]:
    """Write a map as DuckDB takes one."""
    return {"key": list(given), "value": list(given.values())}


def _snapshots(metadata: TableMetadata, _store: Store) -> Rows:
    for each in metadata.snapshots.values():
        more = {k: v for k, v in each.summary.items() if k != "operation"}
        yield (
            _moment(each.committed_ms), each.snapshot_id, each.parent_id,
            each.summary.get("operation"), each.manifest_list, _map(more),
        )  # fmt: skip


def _history(metadata: TableMetadata, _store: Store) -> Rows:
    ancestors, found = set(), metadata.current
    while found is not None:
        ancestors.add(found.snapshot_id)
        found = metadata.snapshots.get(found.parent_id) if found.parent_id else None
    for made, snapshot_id in metadata.log:
        known = metadata.snapshots.get(snapshot_id)
        parent = known.parent_id if known else None
        yield _moment(made), snapshot_id, parent, snapshot_id in ancestors


def _refs(metadata: TableMetadata, _store: Store) -> Rows:
    for name, ref in metadata.refs.items():
        limits = ("max-ref-age-ms", "min-snapshots-to-keep", "max-snapshot-age-ms")
        yield name, ref["type"].upper(), ref["snapshot-id"], *(ref.get(key) for key in limits)


def _manifests(metadata: TableMetadata, store: Store) -> Rows:
    for each in manifests(store, metadata.current) if metadata.current else ():
        counts = (
            each.raw[f"{what}_{of}_count"]
            for what in ("added", "existing", "deleted")
            for of in ("files", "rows")
        )
        yield (
            each.path, each.raw["manifest_length"], each.spec_id, each.raw["added_snapshot_id"],
            *counts,
        )  # fmt: skip


def _files(metadata: TableMetadata, store: Store) -> Rows:
    columns = metadata.columns[metadata.schema_id]
    for each in files(store, metadata.current):
        raw = each.raw
        yield (
            each.content, each.path, raw["file_format"], each.rows, each.size,
            *(_map(_pairs(raw.get(name))) for name in ("column_sizes", "value_counts")),
            *(_map(_pairs(raw.get(name))) for name in ("null_value_counts", "nan_value_counts")),
            *(_map(_bounds(given, columns)) for given in (each.lower, each.upper)),
            raw.get("key_metadata"), raw.get("split_offsets"), raw.get("equality_ids"),
        )  # fmt: skip


def _bounds(given: Mapping[int, bytes], columns: Sequence[Column]) -> dict[int, str]:
    found = {
        c.field_id: text(decoded(given[c.field_id], c.kind), c.kind)
        for c in columns
        if c.field_id in given
    }
    return {field_id: bound for field_id, bound in found.items() if bound is not None}


def _pairs(given: Any) -> dict[int, int]:
    return {pair["key"]: pair["value"] for pair in given or ()}


# https://trino.io/docs/current/connector/iceberg.html#metadata-tables
_TABLES: Mapping[str, tuple[Columns, Callable[[TableMetadata, Store], Rows]]] = {
    "snapshots": (
        [
            ("committed_at", _MOMENT), ("snapshot_id", BIGINT), ("parent_id", BIGINT),
            ("operation", VARCHAR), ("manifest_list", VARCHAR),
            ("summary", Type("map", (VARCHAR, VARCHAR))),
        ],
        _snapshots,
    ),
    "history": (
        [
            ("made_current_at", _MOMENT), ("snapshot_id", BIGINT), ("parent_id", BIGINT),
            ("is_current_ancestor", BOOLEAN),
        ],
        _history,
    ),
    "refs": (
        [
            ("name", VARCHAR), ("type", VARCHAR), ("snapshot_id", BIGINT),
            ("max_reference_age_in_ms", BIGINT), ("min_snapshots_to_keep", INTEGER),
            ("max_snapshot_age_in_ms", BIGINT),
        ],
        _refs,
    ),
    "manifests": (
        [
            ("path", VARCHAR), ("length", BIGINT), ("partition_spec_id", INTEGER),
            ("added_snapshot_id", BIGINT), ("added_data_files_count", INTEGER),
            ("added_rows_count", BIGINT), ("existing_data_files_count", INTEGER),
            ("existing_rows_count", BIGINT), ("deleted_data_files_count", INTEGER),
            ("deleted_rows_count", BIGINT),
        ],
        _manifests,
    ),
    "files": (
        [
            ("content", INTEGER), ("file_path", VARCHAR), ("file_format", VARCHAR),
            ("record_count", BIGINT), ("file_size_in_bytes", BIGINT), ("column_sizes", _COUNTS),
            ("value_counts", _COUNTS), ("null_value_counts", _COUNTS),
            ("nan_value_counts", _COUNTS), ("lower_bounds", _TEXTS), ("upper_bounds", _TEXTS),
            ("key_metadata", Type("varbinary")), ("split_offsets", array(BIGINT)),
            ("equality_ids", array(INTEGER)),
        ],
        _files,
    ),
}  # fmt: skip
