"""Parquet objects: columns found by name, their types held to what the catalog declares."""

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

import duckdb

from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.tables import Table
from sandbox.services.athena.engine.types import Type, TypeTextError, parse, to_duckdb, widens


def insert_parquet(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    table: Table,
    body: bytes,
    values: tuple[str | None, ...],
    uri: str,
    scanned: Callable[[Path], None],
) -> None:
    """Append one object to a relation; a column that it lacks is NULL.

    ``scanned`` is told of the file, before anything is read of it but its end.
    """
    with tempfile.TemporaryDirectory(prefix="athena-") as folder:
        path = Path(folder) / "part.parquet"
        path.write_bytes(body)
        try:
            described = con.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
        except duckdb.Error as error:
            raise AthenaError("HIVE_BAD_DATA", f"Not valid Parquet File: {uri}") from error
        scanned(path)
        stored = {row[0].lower(): (row[0], row[1]) for row in described}
        shown = [_column(name, kind, stored, uri) for name, kind in table.columns]
        given = zip(values, table.keys, strict=True)
        shown += [f"CAST({_literal(v)} AS {to_duckdb(kind)})" for v, (_, kind) in given]
        shown.append(_literal(uri))
        con.execute(
            f"INSERT INTO temp.\"{relation}\" SELECT {', '.join(shown)} FROM read_parquet('{path}')"
        )


def weight(con: duckdb.DuckDBPyConnection, path: Path, columns: Collection[str]) -> int:
    """Add up what a file's chunks of some columns weigh: all that is billed of it."""
    chunks = con.execute(
        "SELECT path_in_schema, total_compressed_size FROM parquet_metadata(?)", [str(path)]
    ).fetchall()
    # A name may hold what the path's parts are joined by.
    return sum(
        size
        for name, size in chunks
        if name.lower() in columns or name.lower().partition(", ")[0] in columns
    )


def _column(name: str, kind: Type, stored: dict[str, tuple[str, str]], uri: str) -> str:
    if name not in stored:
        return f"CAST(NULL AS {to_duckdb(kind)})"
    actual, text = stored[name]
    quoted = '"' + actual.replace('"', '""') + '"'
    if not _compatible(text, kind):
        message = (
            f"Field {name}'s type {text} in parquet file {uri} is incompatible with type "
            f"{kind} defined in table schema"
        )
        raise AthenaError("HIVE_BAD_DATA", message)
    return f"CAST({quoted} AS {to_duckdb(kind)})"


def _compatible(text: str, kind: Type) -> bool:
    if kind.parts or kind.name == "json":
        return True
    plain = text.removesuffix("_NS").removesuffix("_MS").removesuffix("_S")
    plain = {"BLOB": "varbinary", "FLOAT": "real", "TIMESTAMP WITH TIME ZONE": "timestamp"}.get(
        plain, plain
    )
    try:
        found = parse(plain)
    except TypeTextError:
        return False
    return found.name == kind.name or (found.numeric and kind.numeric and widens(found, kind))


def _literal(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"
