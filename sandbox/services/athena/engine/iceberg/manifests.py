"""The data files of a snapshot, as its manifests list them, and what deletes rows of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.services.athena.engine.errors import not_carried
from sandbox.services.athena.engine.iceberg.avro import records
from sandbox.services.athena.engine.iceberg.metadata import Snapshot, TableMetadata
from sandbox.services.athena.engine.tables import Store, split_uri

_GONE = 2  # the status of an entry whose file the snapshot does not have
DATA, POSITION_DELETES, EQUALITY_DELETES = range(3)


@dataclass(frozen=True)
class DataFile:
    """A file of a snapshot, with what its manifest knows of its columns, by field id."""

    path: str
    content: int
    spec_id: int
    partition: tuple[Any, ...]  # raw, in the order of the spec's fields
    rows: int
    size: int
    sequence: int
    values: Mapping[int, int] = field(default_factory=dict)
    nulls: Mapping[int, int] = field(default_factory=dict)
    lower: Mapping[int, bytes] = field(default_factory=dict)
    upper: Mapping[int, bytes] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """A list of files; ``raw`` is its line in the snapshot's list of manifests."""

    path: str
    content: int
    spec_id: int
    sequence: int
    raw: Mapping[str, Any]


def manifests(store: Store, snapshot: Snapshot) -> list[Manifest]:
    """Read the list of a snapshot's manifests."""
    return [
        Manifest(
            line["manifest_path"],
            line["content"],
            line["partition_spec_id"],
            line["sequence_number"],
            line,
        )
        for line in records(store.read(*split_uri(snapshot.manifest_list)))
    ]


def files(store: Store, snapshot: Snapshot | None) -> Iterator[DataFile]:
    """List the files that a snapshot has, those with deletes among them."""
    for manifest in manifests(store, snapshot) if snapshot else ():
        for entry in records(store.read(*split_uri(manifest.path))):
            if entry["status"] != _GONE:
                yield _file(entry, manifest)


@dataclass(frozen=True)
class Task:
    """A file to read, and the files that name rows of it that are gone."""

    file: DataFile
    deletes: tuple[DataFile, ...] = ()


def plan(store: Store, metadata: TableMetadata, snapshot: Snapshot | None) -> list[Task]:
    """List what has to be read of a snapshot; what cannot be read rightly is refused by name."""
    found = list(files(store, snapshot))
    for each in found:
        if (form := each.raw["file_format"].upper()) != "PARQUET":
            raise not_carried(f"Iceberg tables with {form} files ({metadata.table})")
        if each.content == EQUALITY_DELETES:
            raise not_carried(f"equality deletes, which {metadata.table} has")
    deletes = [each for each in found if each.content == POSITION_DELETES]
    return [Task(each, _deleting(deletes, each)) for each in found if each.content == DATA]


def _deleting(deletes: Iterable[DataFile], file: DataFile) -> tuple[DataFile, ...]:
    # Deletes name files of their own partition, of their own commit or older.
    # https://iceberg.apache.org/spec/#scan-planning
    return tuple(
        each
        for each in deletes
        if each.sequence >= file.sequence
        and (each.spec_id, each.partition) == (file.spec_id, file.partition)
    )


def _file(entry: Mapping[str, Any], manifest: Manifest) -> DataFile:
    raw = entry["data_file"]
    own = entry.get("sequence_number")
    return DataFile(
        path=raw["file_path"],
        content=raw["content"],
        spec_id=manifest.spec_id,
        partition=tuple(raw["partition"].values()),
        rows=raw["record_count"],
        size=raw["file_size_in_bytes"],
        sequence=manifest.sequence if own is None else own,
        values=_pairs(raw.get("value_counts")),
        nulls=_pairs(raw.get("null_value_counts")),
        lower=_pairs(raw.get("lower_bounds")),
        upper=_pairs(raw.get("upper_bounds")),
        raw=raw,
    )


def _pairs(given: Sequence[Mapping[str, Any]] | None) -> dict[int, Any]:
    return {pair["key"]: pair["value"] for pair in given or ()}
