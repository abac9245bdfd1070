"""Statements that write data: CREATE TABLE AS, INSERT INTO, UNLOAD."""

import gzip
import re
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
from sqlglot import exp

from sandbox.services.athena.engine import ddl
from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.results import Result
from sandbox.services.athena.engine.scopes import Columns
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.tables import base_table, is_iceberg, split_location
from sandbox.services.athena.engine.textfiles import json_line, text_line
from sandbox.services.athena.engine.types import INSTANT, Type, to_duckdb, to_hive, widens

UNLOAD = re.compile(r"(?is)unload\s*\((.*)\)\s*to\s*'([^']+)'\s*with\s*\((.*)\)\s*$")
_ENDINGS = {"parquet": "", "json": ".gz", "textfile": ".gz"}


@dataclass(frozen=True)
class Target:
    """Where rows go and how they are written."""

    location: str
    form: str
    keys: tuple[str, ...] = ()
    delimiter: str = "\x01"
    packed: bool = False


def unload(session: Session, query: exp.Expr, location: str, options: str) -> Result:
    """UNLOAD (query) TO location WITH (…): the location must be empty."""
    given = {
        k.lower(): v for k, v in re.findall(r"(\w+)\s*=\s*(array\[[^\]]*\]|'[^']*')", options, re.I)
    }
    form = given.get("format", "''").strip("'").lower()
    if form not in _ENDINGS:
        raise not_carried(f"UNLOAD with format {form.upper() or 'missing'}")
    keys = tuple(k.lower() for k in re.findall(r"'([^']+)'", given.get("partitioned_by", "")))
    delimiter = given.get("field_delimiter", "','").strip("'")
    target = Target(location, form, keys, delimiter, packed=form != "parquet")
    _refuse_occupied(session, location, location)
    columns, written, count = _written(session, query, target)
    _refuse_keys(columns, keys)
    return Result(kind="DML", scanned=session.scanned, updated=count, manifest=written)


def create_table_as(session: Session, tree: exp.Create) -> Result:
    """CREATE TABLE … AS: data first, then the catalog's entry."""
    database, name = ddl.named(session, tree.this.sql("trino"))
    if session.catalog.database(database) is None:
        raise AthenaError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", 1, 1)
    if session.catalog.table(database, name) is not None:
        if tree.args.get("exists"):
            return Result(kind="DDL")
        message = f"Table 'awsdatacatalog.{database}.{name}' already exists"
        raise AthenaError("TABLE_ALREADY_EXISTS", message, 1, 1)
    given = _properties(tree)
    _require_hive(given)
    form = str(given.pop("format", "parquet")).lower()
    if form not in _ENDINGS:
        raise not_carried(f"CREATE TABLE AS with format {form.upper()}")
    keys = tuple(str(k).lower() for k in given.pop("partitioned_by", []))
    location = str(given.pop("external_location", "") or _own_location(session))
    delimiter = str(given.pop("field_delimiter", "\x01"))
    for compression in ("write_compression", "parquet_compression"):
        given.pop(compression, None)
    if given:
        raise not_carried(f"the table property {next(iter(given))}")
    _refuse_occupied(session, location, f"table '{database}.{name}'")
    columns = session.describe(tree.expression)
    _refuse_keys(columns, keys)
    target = Target(location, form, keys, delimiter)
    _, written, count = _written(session, tree.expression, target)
    session.catalog.create_table(database, _table_input(name, columns, target))
    if keys:
        ddl.register(session, database, name)
    return Result(kind="DDL", scanned=session.scanned, updated=count, manifest=written)


def _own_location(session: Session) -> str:
    if not session.output:
        raise AthenaError("", "no output location for the new table")
    return f"{session.output.rstrip('/')}/tables/{session.query_id or uuid.uuid4()}/"


def _properties(tree: exp.Create) -> dict[str, Any]:
    found: dict[str, Any] = {}
    listed = tree.args.get("properties")
    for item in listed.expressions if listed else []:
        if isinstance(item, exp.FileFormatProperty):
            found["format"] = item.this.name
        elif isinstance(item, exp.PartitionedByProperty):
            found["partitioned_by"] = [e.name for e in item.this.expressions]
        else:
            value = item.args["value"]
            found[item.name.lower()] = value.this if isinstance(value, exp.Boolean) else value.name
    return found


def _require_hive(given: dict[str, Any]) -> None:
    """Take out the properties that say of which type a table is."""
    kind, is_external = str(given.pop("table_type", "hive")), given.pop("is_external", True)
    if kind.lower() == "iceberg":
        raise not_carried("Iceberg tables")
    if kind.lower() != "hive":
        raise AthenaError(
            "INVALID_TABLE_PROPERTY", f"table_type is {kind!r}; allowed: 'hive', 'iceberg'"
        )
    if is_external not in (True, "true"):
        raise AthenaError(
            "INVALID_TABLE_PROPERTY", "is_external is false; Hive tables are external"
        )


def _table_input(name: str, columns: Columns, target: Target) -> dict[str, Any]:
    shapes = [{"Name": n, "Type": to_hive(k)} for n, k in columns]
    split = len(columns) - len(target.keys)
    form = ddl.FORMATS[target.form]
    options = {"field.delim": target.delimiter} if target.form == "textfile" else {}
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "has_encrypted_data": "false"},
        "PartitionKeys": shapes[split:],
        "StorageDescriptor": {
            "Columns": shapes[:split],
            "Location": target.location,
            "InputFormat": form[0],
            "OutputFormat": form[1],
            "SerdeInfo": {"SerializationLibrary": form[2], "Parameters": options},
        },
    }


def insert(session: Session, tree: exp.Insert) -> Result:
    """INSERT INTO: rows appended as new objects, new partitions registered."""
    named = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    database, name = ddl.named(session, named.sql("trino"))
    raw = session.catalog.table(database, name)
    if raw is None:
        message = f"Table 'awsdatacatalog.{database}.{name}' does not exist"
        raise AthenaError("TABLE_NOT_FOUND", message, 1, 1)
    if raw.get("TableType") == "VIRTUAL_VIEW":
        raise AthenaError("NOT_SUPPORTED", "Inserting into views is not supported", 1, 1)
    if is_iceberg(raw):
        raise not_carried("INSERT INTO an Iceberg table")
    table = base_table(database, raw)
    forms = {"parquet": "parquet", "lazy": "textfile", "hive_json": "json", "json": "json"}
    if table.serde not in forms:
        raise not_carried(f"INSERT INTO a table with {table.serde} (Athena cannot write it either)")
    wanted = (
        [c.name.lower() for c in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
    )
    _refuse_mismatch(session, table.everything, wanted, tree.expression)
    keys = tuple(k for k, _ in table.keys)
    delimiter = table.options.get("field.delim", "\x01")
    target = Target(table.location, forms[table.serde], keys, delimiter)
    _, written, count = _written(session, tree.expression, target, table.everything, wanted)
    if keys and not table.projected:
        ddl.register(session, database, name)
    return Result(kind="DML", scanned=session.scanned, updated=count, manifest=written)


def _refuse_mismatch(
    session: Session, columns: Columns, wanted: Sequence[str], query: exp.Expr
) -> None:
    known = dict(columns)
    for name in wanted:
        if name not in known:
            raise AthenaError(
                "COLUMN_NOT_FOUND",
                f"Insert column name does not exist in target table: {name}",
                1,
                1,
            )
    into = [known[n] for n in wanted] if wanted else [k for _, k in columns]
    given = [k for _, k in session.describe(query)]
    if len(into) == len(given) and all(widens(g, i) for g, i in zip(given, into, strict=True)):
        return
    texts = [", ".join(map(str, kinds)) for kinds in (into, given)]
    message = f"Insert query has mismatched column types: Table: [{texts[0]}], Query: [{texts[1]}]"
    raise AthenaError("TYPE_MISMATCH", message, 1, 1)


def _refuse_keys(columns: Columns, keys: Sequence[str]) -> None:
    last = [name for name, _ in columns][len(columns) - len(keys) :]
    if list(keys) != last:
        message = (
            "Partition keys must be the last columns in the table and in the same order as the "
            f"table properties: [{', '.join(keys)}]"
        )
        raise AthenaError("HIVE_COLUMN_ORDER_MISMATCH", message)
    for name, kind in columns:
        if kind.name == INSTANT.name:
            raise AthenaError("NOT_SUPPORTED", "Unsupported Hive type: timestamp(3) with time zone")
        if kind.name == "unknown":
            raise AthenaError("COLUMN_TYPE_UNKNOWN", f"Column type is unknown: {name}", 1, 1)


def _refuse_occupied(session: Session, location: str, what: str) -> None:
    bucket, prefix = split_location(location)
    if session.store.list(bucket, prefix):
        message = f"Target directory for {what} already exists: {location}"
        raise AthenaError("HIVE_PATH_ALREADY_EXISTS", message)


def _written(
    session: Session,
    query: exp.Expr,
    target: Target,
    columns: Columns | None = None,
    given: Sequence[str] = (),
) -> tuple[Columns, list[str], int]:
    """Write a query's rows, one object for each partition; returns columns, URIs and a count."""
    with session.running(query) as (con, compiled):
        shape = columns or compiled.columns
        names = list(given) or [n for n, _ in shape]
        inner = ", ".join(_quoted(n) for n in names)
        shown = ", ".join(
            f"CAST({_quoted(n) if n in names else 'NULL'} AS {to_duckdb(k)}) AS {_quoted(n)}"
            for n, k in shape
        )
        con.execute(
            f"CREATE TEMP TABLE unloaded AS SELECT {shown} FROM ({compiled.sql}) AS q({inner})"
        )
        written, count = [], 0
        body_shape = [c for c in shape if c[0] not in target.keys]
        for folder, where, parameters in _partitions(con, target):
            body, rows = _body(con, target, body_shape, where, parameters)
            count += rows
            name = f"{uuid.uuid4()}{'' if target.form == 'parquet' or not target.packed else '.gz'}"
            bucket, prefix = split_location(target.location)
            session.store.write(bucket, prefix + folder + name, body)
            written.append(f"s3://{bucket}/{prefix}{folder}{name}")
        return compiled.columns, written, count


def _partitions(con: duckdb.DuckDBPyConnection, target: Target) -> list[tuple[str, str, list[Any]]]:
    if not target.keys:
        row = con.execute("SELECT count(*) FROM unloaded").fetchone()
        return [("", "true", [])] if row and row[0] else []
    names = ", ".join(map(_quoted, target.keys))
    texts = ", ".join(f"CAST({_quoted(k)} AS VARCHAR)" for k in target.keys)
    found = con.execute(f"SELECT DISTINCT {names}, {texts} FROM unloaded ORDER BY ALL").fetchall()
    where = " AND ".join(f"{_quoted(k)} IS NOT DISTINCT FROM ?" for k in target.keys)
    width = len(target.keys)
    return [
        (
            "".join(_folder(k, v) for k, v in zip(target.keys, row[width:], strict=True)),
            where,
            list(row[:width]),
        )
        for row in found
    ]


def _folder(key: str, value: str | None) -> str:
    shown = (
        "__HIVE_DEFAULT_PARTITION__"
        if value in (None, "")
        else quote(str(value), safe=" -_.~+,;@&()!$")
    )
    return f"{key}={shown}/"


def _body(
    con: duckdb.DuckDBPyConnection, target: Target, shape: Columns, where: str, given: list[Any]
) -> tuple[bytes, int]:
    names = ", ".join(_quoted(n) for n, _ in shape)
    if target.form == "parquet":
        with tempfile.TemporaryDirectory(prefix="athena-") as folder:
            path = Path(folder) / "part.parquet"
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE part AS SELECT {names} FROM unloaded WHERE {where}",
                given,
            )
            con.execute(f"COPY part TO '{path}' (FORMAT parquet)")
            row = con.execute("SELECT count(*) FROM part").fetchone()
            return path.read_bytes(), row[0] if row else 0
    rows = con.execute(f"SELECT {names} FROM unloaded WHERE {where}", given).fetchall()
    kinds: list[tuple[str, Type]] = list(shape)
    if target.form == "json":
        lines = [json_line(row, kinds) for row in rows]
    else:
        lines = [text_line(row, kinds, target.delimiter) for row in rows]
    body = "".join(line + "\n" for line in lines).encode()
    return gzip.compress(body, mtime=0) if target.packed else body, len(rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
