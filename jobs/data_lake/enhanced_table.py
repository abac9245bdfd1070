"""The Iceberg table of a data set, as SQL that Spark understands. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from data_lake.newest_records import newer

NAME = re.compile(r"[a-z][a-z0-9_]*")
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


class EvolutionError(ValueError):
    """A contract asks for a change that Iceberg does not allow, or that would lose something."""


@dataclass(frozen=True, slots=True)
class EnhancedTable:
    """A data set's table: ``columns`` are Spark's types by name, lineage included."""

    dataset: str
    name: str  # with catalog and database
    columns: Mapping[str, str]
    key: tuple[str, ...]
    partition: str

    @property
    def spark_schema(self) -> str:
        """Write the columns as Spark reads files by them; a file that lacks one gives NULL."""
        return ", ".join(f"`{name}` {kind}" for name, kind in self.columns.items())

    def merge_sql(self, source: str) -> str:
        """Write the statement that takes in what is newer and what is new.

        With a matched branch Iceberg finds out when another writer has put in the same key
        meanwhile; a statement that only inserts would put it in twice.
        """
        same = " AND ".join(f"t.`{name}` = s.`{name}`" for name in self.key)
        return (
            f"MERGE INTO {self.name} t USING {source} s ON {same} "
            f"WHEN MATCHED AND {newer('s', 't')} THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )

    def evolution_sql(self, there: Mapping[str, str]) -> Iterator[str]:
        """Write the statements that make a table of these columns what the contract says.

        Raises EvolutionError for a column that is gone or of another type.
        """
        if gone := sorted(there.keys() - self.columns.keys()):
            raise EvolutionError(f"{self.name} has {gone}, which the contract has no more")
        for name, kind in self.columns.items():
            if name not in there:
                yield f"ALTER TABLE {self.name} ADD COLUMN `{name}` {kind}"
            elif there[name] != kind:
                if not _widens(there[name], kind):
                    raise EvolutionError(
                        f"{self.name}.{name} is {there[name]}, and the contract says {kind}; "
                        "give the new one another name"
                    )
                yield f"ALTER TABLE {self.name} ALTER COLUMN `{name}` TYPE {kind}"

    def is_before(self, moment: datetime) -> str:
        """Write the condition that a record's own day is over before a moment's."""
        return f"`{self.partition}` < DATE '{moment:%Y-%m-%d}'"

    def expire_sql(self, before: datetime) -> str:
        """Write the statement that drops whole days, which rewrites no file."""
        return f"DELETE FROM {self.name} WHERE {self.is_before(before)}"  # noqa: S608 (checked names)


def forget_sql(name: str, before: datetime) -> str:
    """Write the statement that forgets snapshots from before a moment, but for the newest."""
    catalog, _, table = name.partition(".")
    return (
        f"CALL {catalog}.system.expire_snapshots(table => '{table}', "
        f"older_than => TIMESTAMP '{before:%Y-%m-%d %H:%M:%S.%f}', retain_last => 1)"
    )


def read_tables(text: str, dataset: str) -> list[EnhancedTable]:
    """Read the job's argument: all tables, or the one of a data set; ``all`` names no data set."""
    found = [
        EnhancedTable(
            name,
            rules["table"],
            dict(rules["columns"]),
            tuple(rules["key"]),
            rules["partition"],
        )
        for name, rules in json.loads(text).items()
    ]
    for table in found:
        for name in (*table.name.split("."), *table.columns, table.dataset):
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a column or table; want snake_case")
    wanted = [table for table in found if dataset in ("all", table.dataset)]
    if not wanted:
        raise ValueError(f"no data set {dataset!r}; there are {[t.dataset for t in found]}")
    return wanted


def _widens(old: str, new: str) -> bool:
    before, after = _DECIMAL.fullmatch(old), _DECIMAL.fullmatch(new)
    if before and after:
        return before[2] == after[2] and int(before[1]) <= int(after[1])
    return (old, new) in {("int", "bigint"), ("float", "double")}
