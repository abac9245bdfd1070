"""CREATE VIEW and DROP VIEW: views kept in Glue as Athena keeps them."""

import base64
import json
import re

from sandbox.services.athena.engine import grammar
from sandbox.services.athena.engine.ddl import named
from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.results import Result
from sandbox.services.athena.engine.scopes import Columns
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.types import INSTANT, to_hive

_NAME = r"((?:\"[^\"]+\"|`[^`]+`|[\w.])+)"


def create(session: Session, sql: str) -> Result:
    """CREATE [OR REPLACE] VIEW: the query is checked, its columns' types are kept."""
    found = re.match(rf"(?is)create\s+(or\s+replace\s+)?view\s+{_NAME}\s+as\s+(.*)$", sql)
    if not found:
        raise not_carried("this form of CREATE VIEW")
    database, name = named(session, found[2])
    if session.catalog.database(database) is None:
        raise AthenaError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", 1, 1)
    existing = session.catalog.table(database, name)
    if existing is not None and existing.get("TableType") != "VIRTUAL_VIEW":
        message = f"'awsdatacatalog.{database}.{name}' is a table, not a view"
        raise AthenaError("TABLE_ALREADY_EXISTS", message, 1, 1)
    if existing is not None and not found[1]:
        message = f"View already exists: 'awsdatacatalog.{database}.{name}'"
        raise AthenaError("ALREADY_EXISTS", message, 1, 1)
    columns = session.describe(grammar.read(found[3]), creating=f"{database}.{name}")
    _refuse_columns(columns)
    given = view_input(name, found[3], session.database, columns)
    store = session.catalog.update_table if existing else session.catalog.create_table
    store(database, given)
    return Result(kind="DDL")


def _refuse_columns(columns: Columns) -> None:
    seen: set[str] = set()
    for name, kind in columns:
        if name in seen:
            raise AthenaError(
                "DUPLICATE_COLUMN_NAME", f"Column name '{name}' specified more than once", 1, 1
            )
        seen.add(name)
        if kind.name == INSTANT.name:
            raise AthenaError("NOT_SUPPORTED", "Unsupported Hive type: timestamp(3) with time zone")
        if kind.name == "unknown":
            raise AthenaError("COLUMN_TYPE_UNKNOWN", f"Column type is unknown: {name}", 1, 1)


def view_input(name: str, sql: str, schema: str, columns: Columns) -> dict[str, object]:
    """Describe a view for Glue."""
    kept = [
        {"name": n, "type": re.sub(r"timestamp(?!\()", "timestamp(3)", str(k))} for n, k in columns
    ]
    stored = {"originalSql": sql, "catalog": "awsdatacatalog", "schema": schema, "columns": kept}
    text = base64.b64encode(json.dumps(stored).encode()).decode()
    return {
        "Name": name,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [{"Name": n, "Type": to_hive(k)} for n, k in columns],
            "Location": "",
            "SerdeInfo": {},
        },
        "ViewOriginalText": f"/* Presto View: {text} */",
        "ViewExpandedText": "/* Presto View */",
    }


def drop(session: Session, sql: str) -> Result:
    """DROP VIEW."""
    found = re.match(rf"(?is)drop\s+view\s+(if\s+exists\s+)?{_NAME}\s*$", sql)
    if not found:
        raise not_carried("this form of DROP VIEW")
    database, name = named(session, found[2])
    existing = session.catalog.table(database, name)
    if existing is None or existing.get("TableType") != "VIRTUAL_VIEW":
        if existing is None and found[1]:
            return Result(kind="DDL")
        message = f"View 'awsdatacatalog.{database}.{name}' does not exist"
        raise AthenaError("TABLE_NOT_FOUND", message, 1, 1)
    session.catalog.delete_table(database, name)
    return Result(kind="DDL")
