"""Reading an Iceberg table as one of its snapshots has it, into a relation of DuckDB."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sandbox.services.athena.engine.iceberg.bounds import bounds_of
from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.iceberg.manifests import Task, plan
from sandbox.services.athena.engine.iceberg.metadata import Snapshot, TableMetadata
from sandbox.services.athena.engine.iceberg.parquet_files import ParquetFile, weight
from sandbox.services.athena.engine.iceberg.skipping import wanted
from sandbox.services.athena.engine.pruning import Scan
from sandbox.services.athena.engine.tables import Store, split_uri
from sandbox.services.athena.engine.types import Type, to_duckdb


@dataclass(frozen=True)
class IcebergTable:
    """A table as of a snapshot; None is a table that has none yet."""

    metadata: TableMetadata
    snapshot: Snapshot | None
    columns: tuple[Column, ...]

    @property
    def everything(self) -> list[tuple[str, Type]]:
        """All columns, as SELECT * shows them."""
        return [(column.name, column.kind) for column in self.columns]


def now(metadata: TableMetadata) -> IcebergTable:
    """Take a table as it is; its columns may have changed since its newest snapshot."""
    return IcebergTable(metadata, metadata.current, metadata.columns[metadata.schema_id])


def as_of(metadata: TableMetadata, snapshot: Snapshot) -> IcebergTable:
    """Take a table as it was at a snapshot, with the columns that it had."""
    return IcebergTable(metadata, snapshot, metadata.schema_of(snapshot))


def read_into(
    con: duckdb.DuckDBPyConnection, relation: str, store: Store, table: IcebergTable
) -> None:
    """Make a relation of all rows of a table; ``store`` is asked for every object of it."""
    shape = ", ".join(f"{_quoted(c.name)} {to_duckdb(c.kind)}" for c in table.columns)
    con.execute(f"CREATE TABLE {_quoted(relation)} ({shape})")
    everything = Scan(texts=[c.name for c in table.columns])
    load(con, _quoted(relation), store, table, [everything])


def load(
    con: duckdb.DuckDBPyConnection,
    target: str,
    store: Store,
    table: IcebergTable,
    found: Sequence[Scan],
    scanned: Callable[[int], None] = lambda _size: None,
    *,
    paths: bool = False,
) -> None:
    """Fill a relation with what the scans may need; ``scanned`` is told the bytes of it.

    ``paths`` adds a last column of where each row lies. A column that no scan reads is NULL.
    """
    tasks = plan(store, table.metadata, table.snapshot) if found else []
    specs = table.metadata.specs
    told = [
        {c.field_id: bounds_of(t.file, c, specs[t.file.spec_id]) for c in table.columns}
        for t in tasks
    ]
    needed = [c for c in table.columns if any(scan.reads(c.name) for scan in found)]
    with tempfile.TemporaryDirectory(prefix="athena-") as folder:
        for task, is_wanted in zip(tasks, wanted(con, table.columns, found, told), strict=True):
            if is_wanted:
                file = _fetched(con, store, Path(folder) / "data.parquet", task.file.path)
                groups = file.row_groups()
                bounds = [group.bounds for group in groups]
                chosen = wanted(con, table.columns, found, bounds)
                read = [g for g, is_read in zip(groups, chosen, strict=True) if is_read]
                scanned(weight(read, needed) + sum(each.size for each in task.deletes))
                shown = [
                    file.expression(c) if c in needed else f"CAST(NULL AS {to_duckdb(c.kind)})"
                    for c in table.columns
                ]
                shown += [_text(task.file.path)] if paths else []
                gone = _gone(con, store, Path(folder), task)
                con.execute(
                    f"INSERT INTO {target} SELECT {', '.join(shown)} "
                    f"FROM {file.source(str(bool(gone)).lower())} AS f{gone}"
                )


def _gone(con: duckdb.DuckDBPyConnection, store: Store, folder: Path, task: Task) -> str:
    """Write the condition that a row is not deleted; nothing where no file deletes any."""
    if not task.deletes:
        return ""
    sources = [
        _fetched(con, store, folder / f"deletes-{number}.parquet", each.path).source()
        for number, each in enumerate(task.deletes)
    ]
    listed = " UNION ALL ".join(f"SELECT file_path, pos FROM {each}" for each in sources)
    return (
        f" WHERE NOT EXISTS (SELECT 1 FROM ({listed}) AS d "
        f"WHERE d.file_path = {_text(task.file.path)} AND d.pos = f.file_row_number)"
    )


def _fetched(con: duckdb.DuckDBPyConnection, store: Store, path: Path, uri: str) -> ParquetFile:
    path.write_bytes(store.read(*split_uri(uri)))
    return ParquetFile(con, path, uri)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
