"""The DuckDB that runs the queries: one per process, with Trino's functions in it."""

import functools
import re
import threading
from pathlib import Path

import duckdb

from sandbox.services.athena.engine import udfs
from sandbox.services.athena.engine.errors import AthenaError, not_carried

# Rewrites that would hide a filter on a partition key from EXPLAIN, or drop a scan of a table
# that is still empty when the plan is read.
_OFF = "statistics_propagation,in_clause,empty_result_pullup,join_filter_pushdown"

# Two threads that register functions at once take the whole process down.
_STARTING = threading.Lock()


@functools.cache
def _database() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:", config={"threads": 2})
    udfs.install(con)
    macros = (Path(__file__).parent / "macros.sql").read_text()
    con.execute(macros)
    return con


def connect() -> duckdb.DuckDBPyConnection:
    """Open a connection of its own, whose temporary tables nobody else sees."""
    with _STARTING:
        con = _database().cursor()
    con.execute(f"SET TimeZone='UTC'; SET disabled_optimizers='{_OFF}'")
    return con


def make_ready() -> threading.Thread:
    """Load in the background what the first query wants, which takes longer than most queries."""
    thread = threading.Thread(
        target=lambda: connect().close(), name="athena-make-ready", daemon=True
    )
    thread.start()
    return thread


_TAGGED = re.compile(r"ATHENA\[(\w+)\](.*?)(?:\n|$)", re.DOTALL)
_CAST = re.compile(r"Could not (?:convert string|cast value) '?(.*?)'? to ([\w(), ]+)")
_NOT_GROUPED = re.compile(r'column "?([^"]+?)"? must appear in the GROUP BY clause', re.IGNORECASE)
_NAMES = {
    "INT32": "INTEGER",
    "INT64": "BIGINT",
    "INT16": "SMALLINT",
    "INT8": "TINYINT",
    "BOOL": "BOOLEAN",
}


def athena_error(error: duckdb.Error) -> AthenaError:
    """Say in Athena's words what DuckDB could not do."""
    text = str(error)
    tagged = _TAGGED.search(text)
    if tagged:
        return AthenaError(tagged[1], tagged[2].strip())
    if "ivision by zero" in text:
        return AthenaError("DIVISION_BY_ZERO", "Division by zero")
    if cast := _CAST.search(text):
        value = cast[1].removeprefix("not ")
        return AthenaError(
            "INVALID_CAST_ARGUMENT", f"Cannot cast '{value}' to {_NAMES.get(cast[2], cast[2])}"
        )
    if isinstance(error, duckdb.OutOfRangeException) or "out of range" in text:
        return AthenaError("NUMERIC_VALUE_OUT_OF_RANGE", text.partition("\n")[0])
    if grouped := _NOT_GROUPED.search(text):
        message = f"'{grouped[1]}' must be an aggregate expression or appear in GROUP BY clause"
        return AthenaError("EXPRESSION_NOT_AGGREGATE", message, 1, 1)
    if "WHERE clause cannot contain aggregates" in text:
        message = (
            "WHERE clause cannot contain aggregations, window functions or grouping operations"
        )
        return AthenaError("EXPRESSION_NOT_SCALAR", message, 1, 1)
    if "More than one row returned by a subquery" in text:
        message = "Scalar sub-query has returned multiple rows"
        return AthenaError("SUBQUERY_MULTIPLE_ROWS", message)
    if "TRY can not be used" in text:
        return not_carried("try() around this expression")
    if isinstance(error, duckdb.InterruptException):
        return AthenaError("", "Query was cancelled by user")
    return not_carried(f"this query (the engine said: {text.partition(chr(10))[0]})")
