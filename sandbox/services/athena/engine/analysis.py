"""From Trino's text to DuckDB's: names resolved in the catalog, views compiled, types checked."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from sandbox.services.athena.engine import grammar
from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.information import SCHEMA, information_columns
from sandbox.services.athena.engine.queries import Typer
from sandbox.services.athena.engine.rewriting import rewrite
from sandbox.services.athena.engine.scopes import Columns, Scope
from sandbox.services.athena.engine.sql_generation import write
from sandbox.services.athena.engine.tables import Catalog, GlueTable, Table, base_table
from sandbox.services.athena.engine.types import Type, TypeTextError, parse, to_duckdb, widens

_VIEW = re.compile(r"/\*\s*Presto View:\s*(\S+)\s*\*/")


@dataclass
class View:
    """A view, compiled: what DuckDB is to define."""

    sql: str


@dataclass
class Compiled:
    """A query for DuckDB and the columns that it yields."""

    sql: str
    columns: Columns


@dataclass
class Analyzer:
    """Compiles one statement; ``relations`` collects, in order, what it needs defined."""

    catalog: Catalog
    database: str
    relations: dict[str, Table | View | str] = field(default_factory=dict)
    shapes: dict[str, Columns] = field(default_factory=dict)
    open_views: list[str] = field(default_factory=list)

    def compile(self, tree: exp.Expr, database: str | None = None) -> Compiled:
        """Check and translate a query."""
        before, self.database = self.database, database or self.database
        try:
            query = rewrite(_lowered(grammar.single_query(tree)))
            columns = Typer(self._table).query(query, Scope({}))
            self._name(query)
            return Compiled(write(query), _numbered(query, columns))
        finally:
            self.database = before

    def describe(self, sql: str) -> Columns:
        """Return the columns of a query's text."""
        return self.compile(grammar.read(sql)).columns

    def _name(self, tree: exp.Expr) -> None:
        for node in list(tree.find_all(exp.Table)):
            relation = node.meta.get("relation")
            if relation:
                alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name))
                named = exp.Table(this=exp.to_identifier(relation, quoted=True), alias=alias)
                node.replace(named)
            if node.args.get("sample") is not None:
                raise not_carried("TABLESAMPLE")

    def _table(self, node: exp.Table) -> Columns:
        catalog = node.catalog.lower()
        if catalog not in ("", "awsdatacatalog"):
            raise AthenaError(
                "CATALOG_NOT_FOUND", f"Catalog '{catalog}' not found", *grammar.place(node)
            )
        database, name = (node.db or self.database).lower(), node.name.lower()
        relation = f"{database}.{name}"
        node.meta["relation"] = relation
        if relation not in self.shapes:
            self.shapes[relation] = self._define(relation, database, name, node)
        return self.shapes[relation]

    def _define(self, relation: str, database: str, name: str, node: exp.Table) -> Columns:
        if database == SCHEMA:
            self.relations[relation] = name
            return information_columns(name, grammar.place(node))
        if "$" in name:
            raise not_carried(f"the table {name}")
        found = self.catalog.table(database, name)
        if found is None:
            self._not_found(database, name, node)
        elif found.get("TableType") == "VIRTUAL_VIEW":
            return self._view(relation, database, found, node)
        else:
            table = base_table(database, found)
            self.relations[relation] = table
            return (
                [*table.everything, ("$path", Type("varchar"))]
                if self._hidden(node)
                else table.everything
            )
        raise AssertionError

    def _hidden(self, node: exp.Table) -> bool:
        return any(c.name == "$path" for c in node.root().find_all(exp.Column))

    def _not_found(self, database: str, name: str, node: exp.Table) -> None:
        at = grammar.place(node)
        if self.catalog.database(database) is None:
            message = f"Schema '{database}' does not exist"
            raise AthenaError("SCHEMA_NOT_FOUND", message, *at)
        message = f"Table 'awsdatacatalog.{database}.{name}' does not exist"
        raise AthenaError("TABLE_NOT_FOUND", message, *at)

    def _view(self, relation: str, database: str, given: GlueTable, node: exp.Table) -> Columns:
        stored = stored_view(given)
        if relation in self.open_views:
            message = f"Statement would create a recursive view: {relation}"
            raise AthenaError("INVALID_VIEW", message, *grammar.place(node))
        self.open_views.append(relation)
        try:
            schema = str(stored.get("schema") or database)
            inner = self.compile(grammar.read(stored["originalSql"]), schema)
        except AthenaError as error:
            if error.code in ("PERMISSION_DENIED", "NOT_SUPPORTED"):
                raise
            message = f"Failed analyzing stored view 'awsdatacatalog.{relation}': {error}"
            raise AthenaError("INVALID_VIEW", message, *grammar.place(node)) from error
        finally:
            self.open_views.pop()
        declared = _declared(relation, stored)
        _refuse_stale(relation, declared, inner.columns, grammar.place(node))
        names = ", ".join(f'"c{i}"' for i in range(len(declared)))
        shown = ", ".join(
            f'"c{i}" AS "{name}"'
            if to_duckdb(kind) == to_duckdb(own)
            else f'CAST("c{i}" AS {to_duckdb(kind)}) AS "{name}"'
            for i, ((name, kind), (_, own)) in enumerate(zip(declared, inner.columns, strict=True))
        )
        self.relations[relation] = View(f"SELECT {shown} FROM ({inner.sql}) AS v({names})")
        zones = [own.zone for _, own in inner.columns]
        return [
            (n, Type(**{**vars(k), "zone": z})) for (n, k), z in zip(declared, zones, strict=True)
        ]


def stored_view(given: GlueTable) -> dict[str, Any]:
    """Read what Glue keeps of a view: base64 of JSON in a comment."""
    found = _VIEW.search(given.get("ViewOriginalText") or "")
    name = f"{given.get('DatabaseName')}.{given.get('Name')}"
    try:
        if found:
            stored: dict[str, Any] = json.loads(base64.b64decode(found[1], validate=True))
            if isinstance(stored.get("originalSql"), str) and isinstance(
                stored.get("columns"), list
            ):
                return stored
    except ValueError:
        pass
    raise AthenaError("INVALID_VIEW", f"Invalid view JSON: {name}")


def _declared(relation: str, stored: Mapping[str, Any]) -> Columns:
    try:
        return [(str(c["name"]).lower(), parse(str(c["type"]))) for c in stored["columns"]]
    except (KeyError, TypeTextError) as error:
        raise AthenaError(
            "INVALID_VIEW", f"Unknown column type in view {relation}: {error}"
        ) from error


def _refuse_stale(relation: str, declared: Columns, own: Columns, at: tuple[int, int]) -> None:
    problem = _staleness(declared, own)
    if problem:
        message = f"View 'awsdatacatalog.{relation}' is stale or in invalid state: {problem}"
        raise AthenaError("VIEW_IS_STALE", message, *at)


def _staleness(declared: Columns, own: Columns) -> str | None:
    if len(declared) != len(own):
        return (
            f"stored view column count ({len(declared)}) does not match column count derived from "
            f"the view query analysis ({len(own)})"
        )
    for index, ((name, kind), (real, found)) in enumerate(zip(declared, own, strict=True)):
        projected = f"column [{real}] of type {found} projected from query view at position {index}"
        stored = f"column [{name}] of type {kind} stored in view definition"
        if name != real:
            return f"{projected} has a different name from {stored}"
        if not widens(found, kind):
            return f"{projected} cannot be coerced to {stored}"
    return None


def _lowered(tree: exp.Query) -> exp.Query:
    for node in tree.find_all(exp.Identifier):
        node.set("this", node.name.lower())
    return tree


def _numbered(tree: exp.Query, columns: Columns) -> Columns:
    # A star before an unnamed output moves it: Athena counts the outputs, not the items.
    select = tree
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    unnamed = {i for i, e in enumerate(select.expressions) if e.meta.get("unnamed")}
    return [(f"_col{i}" if i in unnamed else n, kind) for i, (n, kind) in enumerate(columns)]
