"""Records of any format as cells of text, in the order of the contract's columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import duckdb

from data_lake.contract import DATASET, Column, Contract, Kind
from data_lake.header import Header, header_of
from data_lake.literals import name, text
from data_lake.reasons import FileReason, Reason, SetAside
from data_lake.staged_lines import StagedLines

# The types of Parquet that hold what a kind of the contract is.
_STORED = {
    Kind.TEXT: ("VARCHAR",),
    Kind.INTEGER: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    Kind.DECIMAL: ("DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "DOUBLE", "FLOAT"),
    Kind.DOUBLE: ("DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    Kind.BOOLEAN: ("BOOLEAN",),
    Kind.DATE: ("DATE",),
    Kind.MOMENT: ("TIMESTAMP",),  # of any precision, with a time zone or without
}


@dataclass(frozen=True, slots=True)
class Cells:
    """A query for records, each with ``n``, counted from 0, and ``why``: what its form lacks.

    ``texts`` has for each column of the contract the expression of its cell, ``kinds`` what JSON
    says that it is ("" where no format says it), ``record`` the text of the whole record.
    """

    sql: str
    texts: Sequence[str]
    kinds: Sequence[str]
    record: str = "NULL"


def csv_cells(lines: StagedLines, header: Header) -> Cells:
    """Cut lines of CSV, whose columns are where the header says."""
    return Cells(
        f"SELECT *, CASE WHEN len(cell) <> {header.width} "  # noqa: S608 (a number)
        f"THEN '{Reason.WRONG_CELL_COUNT}' END AS why FROM "
        f"(SELECT n, string_split(line, {text(lines.delimiter)}) AS cell FROM {lines.sql})",
        [f"nullif(cell[{at + 1}], '')" if at is not None else "NULL" for at in header.places],
        [""] * len(header.places),
    )


def json_cells(lines: StagedLines, contract: Contract) -> Cells:
    """Take lines with one JSON object each apart."""
    paths = ", ".join(text(f"$.{column.name}") for column in contract.columns)
    names = "list_transform(json_keys(line), lambda name: lower(name))"
    places = range(1, len(contract.columns) + 1)
    return Cells(
        "SELECT n, "  # noqa: S608 (checked names)
        f"CASE WHEN why IS NULL THEN json_extract_string(line, [{paths}]) ELSE [] END AS cell, "
        f"CASE WHEN why IS NULL THEN json_type(line, [{paths}]) ELSE [] END AS kind, "
        f"CASE WHEN why IS NOT NULL THEN why WHEN len(list_distinct({names})) <> len({names}) "
        f"THEN '{Reason.AMBIGUOUS_COLUMNS}' END AS why "
        f"FROM (SELECT *, CASE WHEN json_valid(line) AND json_type(line) = 'OBJECT' THEN NULL "
        f"ELSE '{Reason.MALFORMED}' END AS why FROM {lines.sql})",
        [f"cell[{place}]" for place in places],
        [f"kind[{place}]" for place in places],
    )


def added_names(
    con: duckdb.DuckDBPyConnection, lines: StagedLines, contract: Contract
) -> list[str]:
    """List the names in lines of JSON that the contract does not have; at most a hundred."""
    # A record that was streamed says what it is of.
    known = ", ".join(map(text, [DATASET, *(column.name for column in contract.columns)]))
    found = con.execute(
        "SELECT DISTINCT name FROM (SELECT unnest(json_keys(line)) AS name FROM "  # noqa: S608 (checked names)
        f"(SELECT line FROM {lines.sql} WHERE json_valid(line)) WHERE json_type(line) = 'OBJECT') "
        f"WHERE name NOT IN ({known}) ORDER BY 1 LIMIT 100"
    ).fetchall()
    return [name for (name,) in found]


# What the engine raises for pages that are none; what it lacks itself is another kind of error.
_TORN = (duckdb.Error, duckdb.IOException, duckdb.InvalidInputException)


def raise_torn(error: duckdb.Error) -> NoReturn:
    """Raise SetAside for pages of Parquet that cannot be read, or the error that it is."""
    if type(error) not in _TORN:
        raise error
    told = "parquet: its footer can be read, its pages cannot"
    raise SetAside(FileReason.TORN_CONTAINER, told) from None


class ParquetFile:
    """A Parquet file, whose types are told once for all its records.

    Raises SetAside where it is torn, lacks a column, or has one of another type.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, path: Path, contract: Contract) -> None:
        self._source = f"read_parquet({text(str(path))}, file_row_number = true)"
        try:
            described = con.execute(
                f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {self._source}"  # noqa: S608 (our own path)
            ).fetchall()
            counted = con.execute(f"SELECT count(*) FROM {self._source}").fetchone()  # noqa: S608 (likewise)
        except duckdb.Error:
            raise SetAside(FileReason.TORN_CONTAINER, "parquet: it cannot be read") from None
        self.rows: int = counted[0] if counted else 0
        types = {row[0]: row[1] for row in described}
        header = header_of(self._names(con, path), contract)
        self.added = header.added
        self._texts = [
            "NULL" if place is None else _cell([*types.items()][place], column)
            for column, place in zip(contract.columns, header.places, strict=True)
        ]

    def _names(self, con: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
        """List the columns as they are called: of two that differ by case, DESCRIBE renames one."""
        elements = con.execute(
            f"SELECT name, coalesce(num_children, 0) FROM parquet_schema({text(str(path))})"  # noqa: S608 (our own path)
        ).fetchall()
        names, inside = [], 0
        for called, children in elements[1:]:
            if not inside:
                names.append(called)
            inside += children - bool(inside)
        return names

    def cells(self, first: int, rows: int) -> Cells:
        """Take some of the records."""
        return Cells(
            f"SELECT file_row_number - {first} AS n, "  # noqa: S608 (quoted names)
            f"[{', '.join(self._texts)}]::VARCHAR[] AS cell, "
            f"CAST(NULL AS VARCHAR) AS why FROM {self._source} "
            f"WHERE file_row_number >= {first} AND file_row_number < {first + rows}",
            [f"cell[{place}]" for place, _ in enumerate(self._texts, 1)],
            [""] * len(self._texts),
            "array_to_string(cell, ',')",
        )


def _cell(found: tuple[str, str], column: Column) -> str:
    """Write a value as a line of text would have it."""
    called, stored = found
    family = stored.partition("(")[0].partition("_")[0].partition(" ")[0]
    if family not in (wanted := _STORED[column.kind]):
        told = f"{column.name} is {stored}; want {' or '.join(wanted)}"
        raise SetAside(FileReason.RETYPED_COLUMN, told)
    if column.kind is Kind.MOMENT:
        zone = column.timezone or "UTC"
        local = name(called)
        if stored.endswith("ZONE"):
            local = f"timezone({text(zone)}, {local})"
        elif stored == "TIMESTAMP_NS":  # a cast would round, into the next day too
            local = f"make_timestamp(epoch_ns({local}) // 1000)"
        offset = "" if column.timezone else "Z"
        return f"strftime(CAST({local} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%f{offset}')"
    return f"CAST({name(called)} AS VARCHAR)"
