"""Which files, or parts of one, may hold rows that a scan wants: its conditions on their bounds."""

from collections.abc import Iterable, Mapping, Sequence

import duckdb
from sqlglot import exp

from sandbox.services.athena.engine.iceberg.bounds import Bounds
from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.pruning import Scan
from sandbox.services.athena.engine.types import to_duckdb

_FLIPPED = {exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.GTE: exp.LTE, exp.EQ: exp.EQ}


def wanted(
    con: duckdb.DuckDBPyConnection,
    columns: Sequence[Column],
    found: Iterable[Scan],
    pieces: Sequence[Mapping[int, Bounds]],
) -> list[bool]:
    """Tell of each piece whether one of the scans may want it, given the bounds of its columns."""
    known = {c.name: c for c in columns}
    tests = [
        " AND ".join(f"({_may(each, known)})" for each in scan.conditions) or "true"
        for scan in found
    ]
    if not pieces or "true" in tests:
        return [bool(tests)] * len(pieces)
    asked = {
        node.name: known[node.name]
        for scan in found
        for each in scan.conditions
        for node in each.find_all(exp.Column)
        if _is_known(node, known)
    }
    return _answered(con, " OR ".join(tests), list(asked.values()), pieces)


def _answered(
    con: duckdb.DuckDBPyConnection,
    test: str,
    columns: Sequence[Column],
    pieces: Sequence[Mapping[int, Bounds]],
) -> list[bool]:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bounds (i INTEGER" + "".join(map(_shape, columns)) + ")"
    )
    rows = [
        [i, *(cell for c in columns for cell in _cells(each.get(c.field_id, Bounds())))]
        for i, each in enumerate(pieces)
    ]
    marks = ", ".join("?" for _ in rows[0])
    con.executemany(f"INSERT INTO temp.bounds VALUES ({marks})", rows)
    answers = con.execute(f"SELECT {test} FROM temp.bounds ORDER BY i").fetchall()
    return [bool(answer) for (answer,) in answers]


def _shape(column: Column) -> str:
    kind = to_duckdb(column.kind)
    lower, upper, nulls, values = (_named(column.name, what) for what in _WHATS)
    return f", {lower} {kind}, {upper} {kind}, {nulls} BOOLEAN, {values} BOOLEAN"


_WHATS = ("lower", "upper", "nulls", "values")


def _cells(bounds: Bounds) -> tuple[object, ...]:
    return bounds.lower, bounds.upper, bounds.has_nulls, bounds.has_values


def _named(column: str, what: str) -> str:
    return '"' + f"{column} {what}".replace('"', '""') + '"'


def _may(condition: exp.Expr, known: Mapping[str, Column]) -> str:
    """Write the test, in SQL on the bounds, that rows may meet a condition; true where unsure."""
    node = condition.unnest()
    if isinstance(node, exp.And | exp.Or):
        word = " AND " if isinstance(node, exp.And) else " OR "
        return word.join(f"({_may(part, known)})" for part in node.flatten())
    if isinstance(node, exp.Between):
        low = exp.GTE(this=node.this, expression=node.args["low"])
        high = exp.LTE(this=node.this, expression=node.args["high"])
        return f"({_may(low, known)}) AND ({_may(high, known)})"
    if isinstance(node, exp.In) and node.expressions:
        each = (exp.EQ(this=node.this, expression=item) for item in node.expressions)
        return " OR ".join(f"({_may(one, known)})" for one in each)
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        return _column_test(node.this, known, "nulls")
    if isinstance(node, exp.Not):
        inner = node.this.unnest()
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return _column_test(inner.this, known, "values")
    return _compared(node, known)


def _column_test(node: exp.Expr, known: Mapping[str, Column], what: str) -> str:
    column = node.unnest()
    return _named(column.name, what) if _is_known(column, known) else "true"


def _is_known(node: exp.Expr, known: Mapping[str, Column]) -> bool:
    """Tell a column from a part of one, which has a name before its own."""
    return isinstance(node, exp.Column) and not node.table and node.name in known


def _compared(node: exp.Expr, known: Mapping[str, Column]) -> str:
    shape = type(node)
    if shape not in _FLIPPED:
        return "true"
    column, value = node.this.unnest(), node.expression.unnest()
    if not isinstance(column, exp.Column):
        column, value, shape = value, column, _FLIPPED[shape]
    if not _is_known(column, known) or _varies(value):
        return "true"
    lower, upper, _, values = (_named(column.name, what) for what in _WHATS)
    text = value.sql("duckdb")
    tests = {
        exp.LT: f"{lower} < {text}", exp.LTE: f"{lower} <= {text}",
        exp.GT: f"{upper} > {text}", exp.GTE: f"{upper} >= {text}",
        exp.EQ: f"{lower} <= {text} AND {upper} >= {text}",
    }  # fmt: skip
    # With an unknown bound the comparison is NULL, and the piece may hold such rows.
    return f"{values} AND coalesce({tests[shape]}, true)"


def _varies(value: exp.Expr) -> bool:
    return any(value.find_all(exp.Column, exp.Query, exp.Anonymous))
