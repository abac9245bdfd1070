"""What an Iceberg table says of itself: its schemas, its snapshots, how it is parted."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.tables import GlueTable, Store, split_uri


@dataclass(frozen=True)
class Snapshot:
    """The table as one commit left it."""

    snapshot_id: int
    parent_id: int | None
    committed_ms: int
    manifest_list: str
    schema_id: int | None
    summary: Mapping[str, str]


@dataclass(frozen=True)
class PartitionField:
    """One value that files are parted by: a transform of a column."""

    name: str
    transform: str
    source_id: int


@dataclass(frozen=True)
class TableMetadata:
    """A version of the metadata file. ``log`` tells which snapshot was the newest, and when."""

    table: str
    location: str
    columns: Mapping[int, tuple[Column, ...]]  # by schema
    schema_id: int
    specs: Mapping[int, tuple[PartitionField, ...]]
    spec_id: int
    snapshots: Mapping[int, Snapshot]
    snapshot_id: int | None
    log: tuple[tuple[int, int], ...]  # moment in milliseconds, snapshot
    refs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def current(self) -> Snapshot | None:
        """The newest snapshot; None before the first."""
        return None if self.snapshot_id is None else self.snapshots[self.snapshot_id]

    def schema_of(self, snapshot: Snapshot | None) -> tuple[Column, ...]:
        """Find the columns that the table had when a snapshot was made."""
        known = None if snapshot is None else snapshot.schema_id
        return self.columns[self.schema_id if known is None else known]


def read_metadata(store: Store, database: str, given: GlueTable) -> TableMetadata:
    """Read the metadata that a table of the catalog points at, as the store's caller."""
    name = f"{database}.{given['Name'].lower()}"
    location = (given.get("Parameters") or {}).get("metadata_location")
    if not location:
        message = f"Table is missing [metadata_location] property: {name}"
        raise AthenaError("ICEBERG_INVALID_METADATA", message)
    body = store.read(*split_uri(location))
    try:
        text = gzip.decompress(body) if location.endswith(".gz.metadata.json") else body
        return parse_metadata(name, json.loads(text))
    except (ValueError, KeyError, OSError) as error:
        message = f"Invalid metadata file for table {name}: {type(error).__name__}: {error}"
        raise AthenaError("ICEBERG_INVALID_METADATA", message) from error


def parse_metadata(name: str, raw: Mapping[str, Any]) -> TableMetadata:
    """Read a metadata file's JSON; raises KeyError for what it lacks."""
    if (version := raw["format-version"]) != 2:
        raise not_carried(f"Iceberg tables of format version {version}")
    found = [_snapshot(each) for each in raw.get("snapshots") or []]
    current = raw.get("current-snapshot-id")
    return TableMetadata(
        table=name,
        location=raw["location"],
        columns={s["schema-id"]: tuple(map(Column.parse, s["fields"])) for s in raw["schemas"]},
        schema_id=raw["current-schema-id"],
        specs={
            spec["spec-id"]: tuple(
                PartitionField(f["name"], f["transform"], f["source-id"]) for f in spec["fields"]
            )
            for spec in raw["partition-specs"]
        },
        spec_id=raw["default-spec-id"],
        snapshots={each.snapshot_id: each for each in found},
        snapshot_id=None if current in (None, -1) else current,
        log=tuple((e["timestamp-ms"], e["snapshot-id"]) for e in raw.get("snapshot-log") or []),
        refs=raw.get("refs") or {},
        properties=raw.get("properties") or {},
    )


def _snapshot(raw: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        snapshot_id=raw["snapshot-id"],
        parent_id=raw.get("parent-snapshot-id"),
        committed_ms=raw["timestamp-ms"],
        manifest_list=raw["manifest-list"],
        schema_id=raw.get("schema-id"),
        summary=raw.get("summary") or {},
    )
