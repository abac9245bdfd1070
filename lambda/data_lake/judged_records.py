"""Records of one file that were judged: kept until all were, then written by day."""

from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from data_lake.cells import Cells
from data_lake.contract import Contract
from data_lake.literals import name, text
from data_lake.verdicts import judged, typed
from runtime.object_versions import ObjectVersion

FEW_DAYS = 16  # that are gone through one by one, which costs less than to part records by day
FEW_RECORDS = 0.1  # of all: those beside the largest day, which are then looked for once
# A dictionary of what hardly comes twice, such as a key, costs time and no file is smaller for it.
_PARQUET = "FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 1000"
_PARTED = f"({_PARQUET}, PARTITION_BY (day), WRITE_PARTITION_COLUMNS false)"


class JudgedRecords:
    """The records of one source, each with its typed values and its line.

    There is a table for each part that was judged: to put them into one would copy each record.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, contract: Contract, window: dict[str, date]
    ) -> None:
        self._con, self._contract, self._window = con, contract, window
        self._tables: list[str] = []
        self.good = 0

    def add(self, cells: Cells, first_line: int) -> list[tuple[int, str, str]]:
        """Judge some records; returns the numbers, problems and texts of those that are bad."""
        table = f"judged_{len(self._tables)}"
        self._tables.append(table)
        values = ", ".join(
            f"{typed(column)} AS {name(column.name)}" for column in self._contract.columns
        )
        records = self._one(
            f"CREATE TABLE {table} AS SELECT {values}, n + {first_line} AS source_line, "  # noqa: S608 (checked names)
            f"day, why, record FROM ({judged(self._contract, cells)})",
            self._window,
        )
        bad = self._con.execute(
            f"SELECT source_line - {first_line}, why, coalesce(record, '') FROM {table} "  # noqa: S608 (ours)
            "WHERE why IS NOT NULL ORDER BY 1"
        ).fetchall()
        self.good += records - len(bad)
        return bad

    def write(self, folder: Path, source: ObjectVersion) -> dict[date, Path]:
        """Write the good ones, and keep no record any more; returns a file for each day."""
        parts = self._write(folder, source) if self.good else {}
        for table in self._tables:
            self._con.execute(f"DROP TABLE {table}")
        self._tables.clear()
        return parts

    def repeated(self, parts: Iterable[Path]) -> int:
        """Count the records in files that were there before."""
        if not (hashes := self._hashes(parts)):
            return 0
        return self._one(
            "SELECT sum(times - 1)::BIGINT FROM "  # noqa: S608 (checked names)
            f"(SELECT count(*) AS times FROM ({hashes}) GROUP BY key)"
        )

    def keys(self, parts: Iterable[Path], buckets: int) -> Iterator[tuple[int, "array[int]"]]:
        """Give the hashes of the records' keys in files, in so many buckets at most."""
        if hashes := self._hashes(parts):
            found = self._con.execute(
                f"SELECT key % {buckets}, list(key) FROM ({hashes}) GROUP BY 1"  # noqa: S608 (checked names)
            )
            while row := found.fetchone():
                yield row[0], array("Q", row[1])

    def _hashes(self, parts: Iterable[Path]) -> str:
        if not (files := ", ".join(text(str(path)) for path in parts)):
            return ""
        keys = ", ".join(map(name, self._contract.key))
        return (
            f"SELECT hash({keys}) AS key "  # noqa: S608 (checked names)
            f"FROM read_parquet([{files}], hive_partitioning = false)"
        )

    def _write(self, folder: Path, source: ObjectVersion) -> dict[date, Path]:
        columns = ", ".join(name(column.name) for column in self._contract.columns)
        lineage = (
            "$source AS source_id, source_line, $arrived::TIMESTAMPTZ AS arrived_at, "
            "$version::INTEGER AS contract_version"
        )
        told = {
            "source": source.object_id,
            "arrived": source.event_time,
            "version": self._contract.version,
        }
        days = self._con.execute(
            f"SELECT day, count(*) FROM ({self._good()}) GROUP BY day ORDER BY 2 DESC, 1"  # noqa: S608 (ours)
        ).fetchall()
        folder.mkdir()
        if len(days) > FEW_DAYS:
            self._con.execute(
                f"COPY (SELECT {columns}, {lineage}, day FROM ({self._good()})) "  # noqa: S608 (checked names)
                f"TO {text(str(folder))} {_PARTED}",
                told,
            )
            return {
                date.fromisoformat(path.parent.name.partition("=")[2]): path
                for path in folder.rglob("*.parquet")
            }
        found = self._good()
        parts = {day: folder / f"{day}.parquet" for day, _ in days}
        for number, (day, path) in enumerate(parts.items()):
            if number == 1 and sum(count for _, count in days[1:]) < FEW_RECORDS * self.good:
                found = self._beside(days[0][0])
            self._con.execute(
                f"COPY (SELECT {columns}, {lineage} FROM ({found}) WHERE day = $day) "  # noqa: S608 (checked names)
                f"TO {text(str(path))} ({_PARQUET})",
                {**told, "day": day},
            )
        return parts

    def _beside(self, day: date) -> str:
        """Put the good records of other days into a table of their own."""
        table = f"beside_{len(self._tables)}"
        self._con.execute(
            f"CREATE TABLE {table} AS SELECT * FROM ({self._good()}) WHERE day <> $day",  # noqa: S608 (ours)
            {"day": day},
        )
        self._tables.append(table)
        return f"SELECT * FROM {table}"  # noqa: S608 (ours)

    def _good(self) -> str:
        return " UNION ALL ".join(
            f"SELECT * FROM {table} WHERE why IS NULL"  # noqa: S608 (ours)
            for table in self._tables
        )

    def _one(self, sql: str, parameters: dict[str, Any] | None = None) -> int:
        found = self._con.execute(sql, parameters).fetchone()
        return int(found[0]) if found else 0
