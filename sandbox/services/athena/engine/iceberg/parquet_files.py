"""A Parquet file of an Iceberg table: its columns found by field id, and what they weigh."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.iceberg.bounds import Bounds
from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.types import to_duckdb


@dataclass
class Stored:
    """A column as the file has it; of a list or a map those inside of it lie one step deeper."""

    name: str
    field_id: int | None
    parts: list["Stored"] = field(default_factory=list)

    def part(self, field_id: int) -> "Stored | None":
        """Find what is inside of it by its field id."""
        for each in self.parts:
            if each.field_id == field_id:
                return each
            if each.field_id is None and (found := each.part(field_id)):
                return found
        return None


@dataclass(frozen=True)
class RowGroup:
    """A part of the file: what each column weighs in it, and between which values it lies."""

    bytes_of: Mapping[int, int]
    bounds: Mapping[int, Bounds]


class ParquetFile:
    """One file on this machine; ``uri`` is where it really lies."""

    def __init__(self, con: duckdb.DuckDBPyConnection, path: Path, uri: str) -> None:
        self._con, self._path, self.uri = con, path, uri
        try:
            rows = con.execute(
                "SELECT name, field_id, coalesce(num_children, 0) FROM parquet_schema(?)",
                [str(path)],
            ).fetchall()
        except duckdb.Error as error:
            message = f"Error opening Iceberg split {uri}: not a Parquet file"
            raise AthenaError("ICEBERG_CANNOT_OPEN_SPLIT", message) from error
        self._root = _tree(iter(rows))
        if self._root.parts and all(each.field_id is None for each in self._root.parts):
            raise not_carried(f"data files without field ids ({uri})")

    def source(self, numbered: str = "false") -> str:
        """Write what DuckDB reads it by."""
        return (
            f"read_parquet('{self._path}', hive_partitioning = false, file_row_number = {numbered})"
        )

    def expression(self, column: Column) -> str:
        """Write a column of the table as one of this file's; NULL for one that it lacks."""
        stored = self._root.part(column.field_id)
        if stored is None:
            return f"CAST(NULL AS {to_duckdb(column.kind)})"
        return _read(_quoted(stored.name), column, stored, 0)

    def row_groups(self) -> list[RowGroup]:
        """Read what its end says of its parts."""
        ids = {each.name: each.field_id for each in self._root.parts}
        rows = self._con.execute(
            "SELECT row_group_id, path_in_schema, total_compressed_size, stats_min_value, "
            "stats_max_value, stats_null_count, num_values FROM parquet_metadata(?) "
            "ORDER BY row_group_id",
            [str(self._path)],
        ).fetchall()
        found: dict[int, tuple[dict[int, int], dict[int, Bounds]]] = {}
        for group, path, size, lower, upper, nulls, values in rows:
            weights, bounds = found.setdefault(group, ({}, {}))
            # A name may hold what the path's parts are joined by.
            root = path if path in ids else path.partition(", ")[0]
            if (known := ids.get(root)) is not None:
                weights[known] = weights.get(known, 0) + size
                if path == root:
                    has = nulls is None or nulls > 0, nulls is None or nulls < values
                    bounds[known] = Bounds(lower, upper, *has)
        return [RowGroup(*each) for each in found.values()]


def _tree(rows: Iterator[tuple[str, int | None, int]]) -> Stored:
    name, field_id, children = next(rows)
    return Stored(name, field_id, [_tree(rows) for _ in range(children)])


def _read(text: str, column: Column, stored: Stored, depth: int) -> str:
    if column.kind.name == "row":
        inner = ", ".join(
            f"{_quoted(part.name)} := {_inside(text, part, stored, depth)}" for part in column.parts
        )
        return f"CASE WHEN {text} IS NULL THEN NULL ELSE struct_pack({inner}) END"
    if column.kind.name == "array":
        (element,) = column.parts
        each = f"e{depth}"
        inside = _deeper(each, element, stored, depth)
        return f"list_transform({text}, lambda {each}: {inside})"
    if column.kind.name == "map":
        each = f"e{depth}"
        key, value = (_deeper(f"{each}.{p.name}", p, stored, depth) for p in column.parts)
        entries = (
            f"list_transform(map_entries({text}), lambda {each}: {{'k': {key}, 'v': {value}}})"
        )
        return f"CASE WHEN {text} IS NULL THEN NULL ELSE map_from_entries({entries}) END"
    return f"CAST({text} AS {to_duckdb(column.kind)})"


def _inside(text: str, part: Column, stored: Stored, depth: int) -> str:
    found = stored.part(part.field_id)
    if found is None:
        return f"CAST(NULL AS {to_duckdb(part.kind)})"
    return _read(f"({text}).{_quoted(found.name)}", part, found, depth)


def _deeper(text: str, part: Column, stored: Stored, depth: int) -> str:
    found = stored.part(part.field_id)
    if found is None:
        raise not_carried(f"a {part.name} without its field id in a data file")
    return _read(text, part, found, depth + 1)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def weight(groups: Sequence[RowGroup], needed: Sequence[Column]) -> int:
    """Add up what the columns weigh that are read of these parts."""
    return sum(group.bytes_of.get(c.field_id, 0) for group in groups for c in needed)
