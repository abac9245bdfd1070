"""One statement from text to result, as one caller in one database."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
from sqlglot import exp

from sandbox.core.clock import CLOCK
from sandbox.services.athena.engine import connection, pruning
from sandbox.services.athena.engine.analysis import Analyzer, Compiled, View
from sandbox.services.athena.engine.iceberg.metadata_tables import MetadataTable
from sandbox.services.athena.engine.iceberg.reading import IcebergTable
from sandbox.services.athena.engine.information import information_columns, information_rows
from sandbox.services.athena.engine.loading import Loader
from sandbox.services.athena.engine.results import Result, shown
from sandbox.services.athena.engine.scopes import Columns
from sandbox.services.athena.engine.tables import Catalog, Store, Table
from sandbox.services.athena.engine.types import Type, to_duckdb


def _utc_now() -> dt.datetime:
    return CLOCK.now()


@dataclass
class Session:
    """What a statement runs with. ``prepared`` finds a prepared statement's text by name."""

    catalog: Catalog
    store: Store
    database: str = "default"
    output: str = ""
    cutoff: int | None = None
    prepared: Callable[[str], str | None] = lambda _name: None
    store_prepared: Callable[[str, str | None], None] = lambda _name, _text: None
    now: Callable[[], dt.datetime] = _utc_now
    started: Callable[[duckdb.DuckDBPyConnection], None] = lambda _con: None
    query_id: str = ""
    scanned: int = field(default=0, init=False)

    def select(self, tree: exp.Expr) -> Result:
        """Run a query and return its rows as text."""
        with self.running(tree) as (con, compiled):
            cursor = con.execute(compiled.sql)
            kinds = [kind for _, kind in compiled.columns]
            rows = [
                [shown(value, kind) for value, kind in zip(row, kinds, strict=True)]
                for row in cursor.fetchall()
            ]
        return Result(compiled.columns, rows, "DML", self.scanned)

    @contextmanager
    def running(self, tree: exp.Expr) -> Iterator[tuple[duckdb.DuckDBPyConnection, Compiled]]:
        """Compile a query, bring in what it reads, and hand over the connection to run it on."""
        analyzer = self._analyzer()
        compiled = analyzer.compile(tree)
        loader = Loader(self.catalog, self.store, self.cutoff, self.now())
        con = connection.connect()
        try:
            self.started(con)
            self._define(con, analyzer)
            tables = {
                r: t for r, t in analyzer.relations.items() if isinstance(t, Table | IcebergTable)
            }
            found = pruning.scans(con, compiled.sql) if tables else {}
            for relation, table in tables.items():
                loader.load(con, relation, table, list(found.get(relation, [])))
            yield con, compiled
        except duckdb.Error as error:
            raise connection.athena_error(error) from error
        finally:
            self.scanned = loader.scanned
            con.close()

    def _analyzer(self) -> Analyzer:
        return Analyzer(self.catalog, self.store, self.database, self.now)

    def describe(self, tree: exp.Expr, creating: str | None = None) -> Columns:
        """Return the columns of a query without running it; a view may not read itself."""
        analyzer = self._analyzer()
        analyzer.open_views += [creating] if creating else []
        return analyzer.compile(tree).columns

    def _define(self, con: duckdb.DuckDBPyConnection, analyzer: Analyzer) -> None:
        for relation, what in analyzer.relations.items():
            if isinstance(what, View):
                con.execute(f'CREATE TEMP VIEW "{relation}" AS {what.sql}')
            elif isinstance(what, Table | IcebergTable):
                _create(con, relation, [*what.everything, ("$path", Type("varchar"))])
            elif isinstance(what, MetadataTable):
                _fill(con, relation, what.columns, what.rows(self.store))
            else:
                columns = information_columns(what, (1, 1))
                _fill(con, relation, columns, information_rows(self.catalog, self.store, what))


def _fill(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Columns,
    rows: Iterable[tuple[object, ...]],
) -> None:
    _create(con, relation, columns)
    marks = ", ".join("?" for _ in columns)
    for row in rows:
        con.execute(f'INSERT INTO temp."{relation}" VALUES ({marks})', list(row))


def _create(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, Type]]
) -> None:
    shape = ", ".join(f'"{name}" {to_duckdb(kind)}' for name, kind in columns)
    con.execute(f'CREATE TEMP TABLE "{relation}" ({shape})')
