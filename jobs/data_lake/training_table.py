"""The Iceberg table of training rows: its columns, and the statements about it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

GAPS = (
    *("temperature", "store_receipts_per_visit", "store_mean_amount"),
    *("store_young_share", "store_senior_share", "visitor_hours_since"),
)
CATEGORIES = ("store", "age_band")
_FEATURES = {
    **dict.fromkeys(("hour", "weekday"), "int"),
    **dict.fromkeys(("seconds", "zones", "basket_touches"), "bigint"),
    "temperature": "double",
    **dict.fromkeys(("store_code", "age_band_code"), "int"),
    **dict.fromkeys(("store_visits", "store_receipts"), "bigint"),
    **dict.fromkeys(("store_receipts_per_visit", "store_mean_amount"), "double"),
    "store_faces": "bigint",
    **dict.fromkeys(("store_young_share", "store_senior_share"), "double"),
    **dict.fromkeys(("visitor_visits", "visitor_receipts"), "bigint"),
    "visitor_hours_since": "double",
}
# What a column is for, and Spark's type. A person is told by `visitor`, which is no feature.
_ROLES = {
    "key": {"visit_id": "string"},
    "person": {"visitor": "string"},
    "group": {"store": "string"},
    "time": {"moment": "timestamp"},
    "feature": _FEATURES,
    "label": {"label": "int"},
    "split": {"split": "string"},
}
COLUMNS = {name: kind for found in _ROLES.values() for name, kind in found.items()}
SCHEMA = [
    {"name": name, "type": kind, "role": role}
    for role, found in _ROLES.items()
    for name, kind in found.items()
]
FEATURES = tuple(_FEATURES)
ORDER = ("split", "moment", "visit_id")
# Of a snapshot: what it holds, and which run made it.
HASH, RUN = "lake.content-hash", "lake.run"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot as Iceberg's own table of them tells it."""

    snapshot_id: int
    parent_id: int | None
    committed_at: datetime
    operation: str
    summary: Mapping[str, str]

    @property
    def content_hash(self) -> str | None:
        """Name what it holds; None for one that a run of the job did not make."""
        return self.summary.get(HASH)


class DataFile(NamedTuple):
    """A file of rows, in Parquet, as ``s3://…``."""

    path: str
    rows: int
    bytes: int


def content_of(head: int | None, snapshots: Mapping[int, Snapshot]) -> Snapshot | None:
    """Find the snapshot that brought what the table holds: one that only moved files did not."""
    found = None if head is None else snapshots.get(head)
    while found and found.operation == "replace":
        found = None if found.parent_id is None else snapshots.get(found.parent_id)
    return found


def evolution_sql(table: str, there: Mapping[str, str]) -> Iterator[str]:
    """Write the statements that give a table the columns that the code has.

    Nothing is lost: all rows are written anew, and an older snapshot is read by its own columns.
    """
    for name, kind in there.items():
        if COLUMNS.get(name) != kind:
            yield f"ALTER TABLE {table} DROP COLUMN `{name}`"
    for name, kind in COLUMNS.items():
        if there.get(name) != kind:
            yield f"ALTER TABLE {table} ADD COLUMN `{name}` {kind}"


def tag_sql(table: str, tag: str, snapshot_id: int) -> str:
    """Write the statement that keeps a snapshot from being expired, under a name."""
    return f"ALTER TABLE {table} CREATE TAG IF NOT EXISTS `{tag}` AS OF VERSION {snapshot_id}"


def untag_sql(table: str, tag: str) -> str:
    """Write the statement that lets a snapshot go."""
    return f"ALTER TABLE {table} DROP TAG IF EXISTS `{tag}`"


def referenced_sql(table: str) -> str:
    """Write the query for every file that a snapshot of the table needs, and the table itself."""
    found = {
        "all_data_files": "file_path",
        "all_delete_files": "file_path",
        "all_manifests": "path",
        "snapshots": "manifest_list",
        "metadata_log_entries": "file",
    }
    return " UNION ".join(f"SELECT {c} AS file FROM {table}.{t}" for t, c in found.items())  # noqa: S608 (our own names)


def data_files_sql(table: str, snapshot_id: int) -> str:
    """Write the query for the files that hold the rows of a snapshot, in their order."""
    return (
        f"SELECT file_path, record_count, file_size_in_bytes FROM {table}.files "  # noqa: S608 (our own name)
        f"VERSION AS OF {snapshot_id} ORDER BY file_path"
    )


def snapshot_of(row: Any) -> Snapshot:
    """Read a row of the table of snapshots."""
    return Snapshot(
        row["snapshot_id"],
        row["parent_id"],
        row["committed_at"],
        row["operation"],
        dict(row["summary"] or {}),
    )
