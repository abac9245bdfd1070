"""Bringing a table's visible objects into DuckDB, and counting what was read."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sandbox.services.athena.engine import projection, serdes
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.iceberg import reading
from sandbox.services.athena.engine.iceberg.reading import IcebergTable
from sandbox.services.athena.engine.parquet import insert_parquet, weight
from sandbox.services.athena.engine.pruning import Scan, Values, visible
from sandbox.services.athena.engine.tables import (
    Catalog,
    Entry,
    Store,
    Table,
    hidden,
    split_location,
)
from sandbox.services.athena.engine.types import Type, to_duckdb

_HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Piece:
    """One object of a table, and the partition that it belongs to."""

    bucket: str
    entry: Entry
    values: Values

    @property
    def uri(self) -> str:
        """Where it lies."""
        return f"s3://{self.bucket}/{self.entry.key}"


class Loader:
    """Reads tables as one caller, up to a limit of bytes."""

    def __init__(
        self, catalog: Catalog, store: Store, cutoff: int | None, now: dt.datetime
    ) -> None:
        self.catalog, self.store, self.cutoff, self.now = catalog, store, cutoff, now
        self.scanned = 0
        self._listings: dict[tuple[str, str], Sequence[Entry]] = {}

    def listing(self, bucket: str, prefix: str) -> Sequence[Entry]:
        """List a prefix, once."""
        if (bucket, prefix) not in self._listings:
            self._listings[bucket, prefix] = self.store.list(bucket, prefix)
        return self._listings[bucket, prefix]

    def load(
        self,
        con: duckdb.DuckDBPyConnection,
        relation: str,
        table: Table | IcebergTable,
        found: list[Scan],
    ) -> None:
        """Fill the relation with the objects that the scans may need."""
        if isinstance(table, IcebergTable):
            target = f'temp."{relation}"'
            reading.load(con, target, self.store, table, found, self._count, paths=True)
            return
        pieces = self.pieces(con, table, found)
        if table.serde == "parquet":
            read = {name for name, _ in table.columns if any(scan.reads(name) for scan in found)}

            def scanned(path: Path) -> None:
                self._count(weight(con, path, read))

            for piece in pieces:
                body = self.store.read(piece.bucket, piece.entry.key)
                insert_parquet(con, relation, table, body, piece.values, piece.uri, scanned)
            return
        with tempfile.TemporaryDirectory(prefix="athena-") as folder:
            path = Path(folder) / "cells.csv"
            with path.open("w", encoding="utf-8", newline="") as out:
                for piece in pieces:
                    out.writelines(self._cells(table, piece))
            if path.stat().st_size:
                con.execute(f'INSERT INTO temp."{relation}" {_reading(table, path)}')

    def pieces(
        self, con: duckdb.DuckDBPyConnection, table: Table, found: list[Scan]
    ) -> list[Piece]:
        """Find the objects to read."""
        if not found:
            return []
        if not table.keys:
            bucket, prefix = split_location(table.location)
            return [Piece(bucket, e, ()) for e in self._shown(bucket, prefix)]
        candidates = self._projected(table, found) if table.projected else self._registered(table)
        kept = set(visible(con, table, found, list(dict.fromkeys(v for v, _ in candidates))))
        chosen = [(v, where) for v, where in candidates if v in kept]
        return [piece for values, where in chosen for piece in self._pieces(values, where)]

    def _pieces(self, values: Values, where: "str | Piece") -> Iterable[Piece]:
        if isinstance(where, Piece):
            return [where]
        bucket, prefix = split_location(where)
        return [Piece(bucket, e, values) for e in self._shown(bucket, prefix)]

    def _shown(self, bucket: str, prefix: str) -> list[Entry]:
        entries = self.listing(bucket, prefix)
        return [e for e in entries if e.size and not hidden(e.key[len(prefix) :])]

    def _registered(self, table: Table) -> list[tuple[Values, "str | Piece"]]:
        found: list[tuple[Values, str | Piece]] = []
        for partition in self.catalog.partitions(table.database, table.name):
            values = tuple(None if v == _HIVE_NULL else str(v) for v in partition["Values"])
            where = (partition.get("StorageDescriptor") or {}).get("Location")
            folders = "".join(
                f"{n}={v}/" for (n, _), v in zip(table.keys, partition["Values"], strict=True)
            )
            found.append((values, where or table.location.rstrip("/") + "/" + folders))
        return found

    def _projected(self, table: Table, found: list[Scan]) -> list[tuple[Values, "str | Piece"]]:
        keys = projection.keys(table)
        injected = {n: _injected(n, found) for n, k in keys.items() if k.kind == "injected"}
        start, pattern = projection.expression(table, injected)
        bucket, _, prefix = start.partition("://")[2].partition("/")
        pieces: list[tuple[Values, str | Piece]] = []
        allowed: dict[tuple[str, str], bool] = {}
        for entry in self.listing(bucket, prefix):
            match = pattern.fullmatch(f"s3://{bucket}/{entry.key}")
            if match is None or not entry.size or hidden(match["_rest"]):
                continue
            values = tuple(match[name] for name in keys)
            for name, value in zip(keys, values, strict=True):
                if (name, value) not in allowed:
                    allowed[name, value] = keys[name].allows(value, self.now)
            if all(allowed[pair] for pair in zip(keys, values, strict=True)):
                pieces.append((values, Piece(bucket, entry, values)))
        return pieces

    def _count(self, size: int) -> None:
        self.scanned += size
        if self.cutoff and self.scanned > self.cutoff:
            raise AthenaError("CUTOFF", "Bytes scanned limit was exceeded")

    def _read(self, piece: Piece) -> bytes:
        self._count(piece.entry.size)
        return self.store.read(piece.bucket, piece.entry.key)

    def _cells(self, table: Table, piece: Piece) -> Iterable[str]:
        text = serdes.text_of(piece.entry.key, self._read(piece))
        tail = "".join("," + _cell(v) for v in (*piece.values, piece.uri)) + "\n"
        for row in serdes.rows(table, text):
            yield ",".join(map(_cell, row)) + tail


def _cell(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def _injected(name: str, found: list[Scan]) -> set[str]:
    values: set[str] = set()
    for scan in found:
        fixed = scan.fixed(name)
        if fixed is None:
            message = (
                f"For the injected projected partition column {name}, the WHERE clause must "
                "contain only static equality conditions, and at least one such condition must "
                "be present."
            )
            raise AthenaError("CONSTRAINT_VIOLATION", message)
        values |= fixed
    return values


def _reading(table: Table, path: Path) -> str:
    everything = [*table.everything, ("$path", Type("varchar"))]
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(everything)))
    shown = ", ".join(_typed(f"c{i}", kind) for i, (_, kind) in enumerate(everything))
    return (
        f"SELECT {shown} FROM read_csv('{path}', auto_detect=false, header=false, delim=',', "
        f"quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false, "
        f"max_line_size=16777216, new_line='\\n', columns={{{columns}}})"
    )


def _typed(cell: str, kind: Type) -> str:
    if kind.name in ("varchar", "char"):
        return cell
    if kind.parts:
        return f"from_json(CAST({cell} AS JSON), '{_structure(kind)}')"
    return f"CAST({cell} AS {to_duckdb(kind)})"


def _structure(kind: Type) -> str:
    if kind.name == "array":
        return f"[{_structure(kind.parts[0])}]"
    if kind.name == "row":
        inner = zip(kind.fields, kind.parts, strict=True)
        return "{" + ", ".join(f'"{f}": {_structure(p)}' for f, p in inner) + "}"
    return f'"{to_duckdb(kind)}"'
