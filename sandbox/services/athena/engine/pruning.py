"""Which partitions a query can see: the filters that reach each scan, as DuckDB plans them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from sandbox.services.athena.engine.tables import Table
from sandbox.services.athena.engine.types import to_duckdb

# DuckDB's mark of a filter that follows from others, outside of a text.
_OPTIONAL = re.compile(r"('(?:[^']|'')*')|\boptional: ?")
WITH_ITSELF = re.compile(r"(.+) IS NOT DISTINCT FROM \1")
Values = tuple[str | None, ...]


@dataclass
class Scan:
    """One scan of a table and the conditions that every row it yields must meet.

    ``texts`` say what it reads: columns, parts of them, and its filters.
    """

    conditions: list[exp.Expr] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def reads(self, column: str) -> bool:
        """Tell whether a column may be read; that of a part, and one that only a filter names."""
        word = re.compile(rf"(?<!\w){re.escape(column)}(?!\w)")
        return any(word.search(text) for text in self.texts)

    def fixed(self, key: str) -> set[str] | None:
        """Return the only values that a key may take, when equality or IN names them."""
        found: set[str] | None = None
        for condition in self.conditions:
            values = _fixed(condition, key)
            if values is not None:
                found = values if found is None else found & values
        return found


def scans(con: duckdb.DuckDBPyConnection, sql: str) -> Mapping[str, list[Scan]]:
    """Plan a query and return, by relation, its scans; a table without one is never read.

    DuckDB's own optimizer moves a filter down through views, windows, groups and joins only where
    that is provably right, so its plan over empty tables tells what the objects need to satisfy.
    """
    row = con.execute(f"EXPLAIN (FORMAT JSON) {sql}").fetchone()
    found: dict[str, list[Scan]] = {}
    for node in json.loads(row[1]) if row else []:
        _walk(node, [], found)
    return found


def _walk(node: Mapping[str, Any], above: list[str], found: dict[str, list[Scan]]) -> None:
    info = node.get("extra_info") or {}
    name = node.get("name", "").strip()
    if name == "SEQ_SCAN":
        texts = [*above, *_texts(info.get("Filters"))]
        reads = [*_texts(info.get("Projections")), *texts]
        scan = Scan([c for t in texts for c in _conditions(t)], reads)
        relation = str(info.get("Table", "")).partition("main.")[2].strip('"')
        found.setdefault(relation, []).append(scan)
        return
    below = _texts(info.get("Expression")) if name == "FILTER" else []
    children = node.get("children") or []
    if str(info.get("CTE Name", "")).startswith("__duckdb_delim_") and len(children) == 2:
        source, body = children
        _walk(source, _demanded(body, str(info.get("Table Index"))), found)
        children = [body]
    for child in children:
        _walk(child, below, found)


def _demanded(body: Mapping[str, Any], index: str) -> list[str]:
    """Return what a row must meet to be of use where it is joined with the list inside of itself.

    DuckDB plans such a join (a query with UNNEST and a lambda has one) by what the list is made
    of: one side has the rows, the other their lists, once for each. A row that a filter takes from
    the first has no use for its list, and the others bring their own.
    """
    for node in _nodes(body):
        info = node.get("extra_info") or {}
        joined = _texts(info.get("Conditions"))
        with_itself = joined and all(WITH_ITSELF.fullmatch(condition) for condition in joined)
        if with_itself and info.get("Join Type") == "INNER":
            uses = sum(_is_use(each, index) for each in _nodes(body))
            if uses == sum(_is_use(each, index) for each in _nodes(node)):
                return [t for side in node["children"] for t in _above_use(side, index)]
    return []


def _above_use(side: Mapping[str, Any], index: str) -> list[str]:
    """Return the filter that stands directly on the numbered rows, if nothing else does."""
    while side.get("name", "").strip() == "PROJECTION":
        (side,) = side["children"]
    children = side.get("children") or []
    if side.get("name", "").strip() == "FILTER" and _is_use(children[0], index):
        return _texts(side["extra_info"].get("Expression"))
    return []


def _is_use(node: Mapping[str, Any], index: str) -> bool:
    info = node.get("extra_info") or {}
    return node.get("name", "").strip() == "CTE_SCAN" and str(info.get("CTE Index")) == index


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("children") or []:
        yield from _nodes(child)


def _texts(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given or [])


def _conditions(text: str) -> Iterator[exp.Expr]:
    text = _OPTIONAL.sub(lambda found: found[1] or "", text)
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return  # a condition that is not understood prunes nothing
    yield from (
        (part.unnest() for part in tree.unnest().flatten())
        if isinstance(tree.unnest(), exp.And)
        else (tree.unnest(),)
    )


def _fixed(condition: exp.Expr, key: str) -> set[str] | None:
    if isinstance(condition, exp.And):
        for part in condition.flatten():
            values = _fixed(part.unnest(), key)
            if values is not None:
                return values
    if isinstance(condition, exp.EQ) and _is_key(condition.this, key):
        literal = condition.expression.unnest()
        return {literal.name} if isinstance(literal, exp.Literal) else None
    if isinstance(condition, exp.In) and _is_key(condition.this, key):
        items = [i.unnest() for i in condition.expressions]
        return {i.name for i in items} if all(isinstance(i, exp.Literal) for i in items) else None
    if isinstance(condition, exp.Or):
        sides = [_fixed(part.unnest(), key) for part in condition.flatten()]
        return set().union(*(s for s in sides if s)) if all(s is not None for s in sides) else None
    return None


def _is_key(node: exp.Expr, key: str) -> bool:
    plain = node.unnest()
    return isinstance(plain, exp.Column) and plain.name.lower() == key


def visible(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    found: Sequence[Scan],
    candidates: Sequence[Values],
) -> list[Values]:
    """Keep the partitions that at least one scan may need."""
    keys = {name for name, _ in table.keys}
    tests = []
    for scan in found:
        usable = [c for c in scan.conditions if {k.name for k in c.find_all(exp.Column)} <= keys]
        usable = [c for c in usable if any(c.find_all(exp.Column))]
        tests.append(" AND ".join(f"({c.sql('duckdb')})" for c in usable) or "true")
    if not candidates or "true" in tests:
        return list(candidates) if tests else []
    names = ", ".join(f'"{name}"' for name, _ in table.keys)
    typed = ", ".join(f'CAST("{n}" AS {to_duckdb(k)}) AS "{n}"' for n, k in table.keys)
    row = "(?, " + ", ".join("?" for _ in table.keys) + ")"
    sql = (
        f"SELECT _i FROM (SELECT _i, {typed} FROM (VALUES {', '.join([row] * len(candidates))}) "
        f"AS p(_i, {names})) AS q WHERE {' OR '.join(tests)} ORDER BY _i"
    )
    given = [v for i, values in enumerate(candidates) for v in (i, *values)]
    try:
        return [candidates[i] for (i,) in con.execute(sql, given).fetchall()]
    except duckdb.Error:
        return list(candidates)
