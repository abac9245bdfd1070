"""A table under evaluation: its columns, and SQL over it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

PRIMARY = "primary"  # what CustomSql calls it
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


class CannotHoldError(Exception):
    """A rule cannot hold: the table or the rule is not such that it could."""


@dataclass(frozen=True)
class Table:
    """The relation ``primary`` of a connection."""

    con: duckdb.DuckDBPyConnection
    now: dt.datetime  # of the evaluation
    types: Mapping[str, str] = field(init=False)  # by name in lower case

    def __post_init__(self) -> None:
        described = self.con.execute(f'DESCRIBE "{PRIMARY}"').fetchall()
        object.__setattr__(self, "types", {row[0].lower(): row[1] for row in described})

    def column(self, name: str) -> str:
        """Write a column; raises CannotHoldError if there is none of that name."""
        if name.lower() not in self.types:
            raise CannotHoldError(f"Input data does not include column {name}!")
        return '"' + name.lower().replace('"', '""') + '"'

    def type_of(self, name: str) -> str:
        """Tell the engine's type of a column, without what stands in brackets."""
        return self.types[name.lower()].partition("(")[0]

    def rows(self, where: str | None) -> str:
        """Write the rows that a condition of Spark's SQL lets through."""
        if where is None:
            return f'"{PRIMARY}"'
        try:
            condition = sqlglot.parse_one(where, read="spark").sql("duckdb", identify=True)
        except sqlglot.errors.ParseError as error:
            raise CannotHoldError("The provided where clause is invalid") from error
        return f'(SELECT * FROM "{PRIMARY}" WHERE ({condition}))'  # noqa: S608 (parsed)

    def one(self, select: str, rows: str) -> tuple[Any, ...]:
        """Select one row."""
        found = self.con.execute(f"SELECT {select} FROM {rows}").fetchone()  # noqa: S608 (ours)
        return tuple(found or ())

    def scalar(self, statement: str) -> Any:
        """Give the one value that a statement of Spark's SQL selects."""
        trees = sqlglot.parse(statement, read="spark")
        if len(trees) != 1 or not isinstance(trees[0], exp.Query):
            raise CannotHoldError("CustomSql wants one SELECT")
        made = {cte.alias_or_name for cte in trees[0].find_all(exp.CTE)}
        for table in trees[0].find_all(exp.Table):
            if table.name not in made | {PRIMARY}:
                raise CannotHoldError(
                    f"the sandbox reads no data source {table.name}, only primary"
                )
        at_the_moment = trees[0].transform(self._at)
        rows = self.con.execute(at_the_moment.sql("duckdb", identify=True)).fetchall()
        if len(rows) != 1 or len(rows[0]) != 1:
            raise CannotHoldError("CustomSql wants a statement that gives one number")
        return rows[0][0]

    def _at(self, node: exp.Expr) -> exp.Expr:
        """Put the moment of the evaluation in the place of what asks for the time."""
        moment = self.now.astimezone(dt.UTC).replace(tzinfo=None)
        if isinstance(node, exp.CurrentDate):
            return exp.cast(exp.Literal.string(moment.date().isoformat()), "date")
        if isinstance(node, exp.CurrentTimestamp):
            return exp.cast(exp.Literal.string(moment.isoformat(sep=" ")), "timestamp")
        return node
