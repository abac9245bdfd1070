"""From Trino's text to DuckDB's: names resolved in the catalog, views compiled, types checked."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
from sqlglot import exp

from sandbox.services.athena.engine import grammar
from sandbox.services.athena.engine.connection import athena_error, connect
from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.iceberg.metadata import read_metadata
from sandbox.services.athena.engine.iceberg.metadata_tables import MetadataTable, metadata_table
from sandbox.services.athena.engine.iceberg.reading import IcebergTable, as_of, now
from sandbox.services.athena.engine.iceberg.travel import snapshot_of
from sandbox.services.athena.engine.information import SCHEMA, information_columns
from sandbox.services.athena.engine.queries import Typer
from sandbox.services.athena.engine.rewriting import rewrite
from sandbox.services.athena.engine.scopes import Columns, Scope
from sandbox.services.athena.engine.sql_generation import write
from sandbox.services.athena.engine.stored_views import (
    declared_columns,
    refuse_stale,
    stored_view,
)
from sandbox.services.athena.engine.tables import (
    Catalog,
    GlueTable,
    Store,
    Table,
    base_table,
    is_iceberg,
)
from sandbox.services.athena.engine.types import Type, to_duckdb


@dataclass
class View:
    """A view, compiled: what DuckDB is to define."""

    sql: str


Relation = Table | IcebergTable | MetadataTable | View | str


@dataclass
class Compiled:
    """A query for DuckDB and the columns that it yields."""

    sql: str
    columns: Columns


@dataclass
class Analyzer:
    """Compiles one statement; ``relations`` collects, in order, what it needs defined."""

    catalog: Catalog
    store: Store
    database: str
    clock: Callable[[], dt.datetime]
    relations: dict[str, Relation] = field(default_factory=dict)
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
        version = node.args.get("version")
        if version is not None:
            relation += f" {version.sql('trino')}"
        node.meta["relation"] = relation
        if relation not in self.shapes:
            self.shapes[relation] = self._define(relation, database, name, node)
        return self.shapes[relation]

    def _define(self, relation: str, database: str, name: str, node: exp.Table) -> Columns:
        if database == SCHEMA:
            self.relations[relation] = name
            return information_columns(name, grammar.place(node))
        name, _, what = name.partition("$")
        found, version = self.catalog.table(database, name), node.args.get("version")
        if found is None:
            raise self._not_found(database, name, node)
        if is_iceberg(found):
            return self._iceberg(relation, database, found, node, what)
        if what:
            raise not_carried(f"the table {name}${what}")
        if version is not None:
            message = "This connector does not support versioned tables"
            raise AthenaError("NOT_SUPPORTED", message, *grammar.place(node))
        if found.get("TableType") == "VIRTUAL_VIEW":
            return self._view(relation, database, found, node)
        table = base_table(database, found)
        self.relations[relation] = table
        return self._shown(table.everything, node)

    def _iceberg(
        self, relation: str, database: str, given: GlueTable, node: exp.Table, what: str
    ) -> Columns:
        metadata = read_metadata(self.store, database, given)
        version = node.args.get("version")
        if what:
            if version is not None:
                raise not_carried("a version of a metadata table")
            found = metadata_table(metadata, what)
            self.relations[relation] = found
            return found.columns
        if version is None:
            table = now(metadata)
        else:
            snapshot = snapshot_of(metadata, version, self._constant, self.clock)
            table = as_of(metadata, snapshot)
        self.relations[relation] = table
        return self._shown(table.everything, node)

    def _constant(self, expression: exp.Expr) -> tuple[object, Type]:
        """Compute what does not depend on any row."""
        compiled = self.compile(exp.select(expression.copy()))
        ((_, kind),) = compiled.columns
        con = connect()
        try:
            row = con.execute(compiled.sql).fetchone()
        except duckdb.Error as error:
            raise athena_error(error) from error
        finally:
            con.close()
        return row[0] if row else None, kind

    def _shown(self, columns: Columns, node: exp.Table) -> Columns:
        return [*columns, ("$path", Type("varchar"))] if self._hidden(node) else columns

    def _hidden(self, node: exp.Table) -> bool:
        return any(c.name == "$path" for c in node.root().find_all(exp.Column))

    def _not_found(self, database: str, name: str, node: exp.Table) -> AthenaError:
        at = grammar.place(node)
        if self.catalog.database(database) is None:
            message = f"Schema '{database}' does not exist"
            return AthenaError("SCHEMA_NOT_FOUND", message, *at)
        message = f"Table 'awsdatacatalog.{database}.{name}' does not exist"
        return AthenaError("TABLE_NOT_FOUND", message, *at)

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
        declared = declared_columns(relation, stored)
        refuse_stale(relation, declared, inner.columns, grammar.place(node))
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
