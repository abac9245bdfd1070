"""Hive's data definition: databases, external tables, partitions."""

import re
from typing import Any

import sqlglot
from sqlglot import exp

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.results import Result
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.tables import (
    GlueTable,
    hidden,
    hive_values,
    is_iceberg,
    split_location,
)
from sandbox.services.athena.engine.types import TypeTextError, parse, to_hive

_HIVE = "org.apache.hadoop.hive"
_TEXT_OUT = f"{_HIVE}.ql.io.HiveIgnoreKeyTextOutputFormat"
FORMATS = {
    "textfile": (
        "org.apache.hadoop.mapred.TextInputFormat", _TEXT_OUT,
        f"{_HIVE}.serde2.lazy.LazySimpleSerDe",
    ),
    "parquet": (
        f"{_HIVE}.ql.io.parquet.MapredParquetInputFormat",
        f"{_HIVE}.ql.io.parquet.MapredParquetOutputFormat",
        f"{_HIVE}.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    "json": (
        "org.apache.hadoop.mapred.TextInputFormat", _TEXT_OUT, "org.openx.data.jsonserde.JsonSerDe",
    ),
}  # fmt: skip


def double_quoted(sql: str) -> bool:
    """Tell whether a double quote stands outside a text or a back-quoted name."""
    bare = re.sub(r"'(?:[^']|'')*'|`[^`]*`", "", sql)
    return '"' in bare


def named(session: Session, text: str) -> tuple[str, str]:
    """Split a name into database and table; a missing database is the session's."""
    parts = [p.strip('`" ').lower() for p in text.split(".")]
    if len(parts) > 2 and parts[0] == "awsdatacatalog":
        parts = parts[1:]
    return (parts[0], parts[1]) if len(parts) == 2 else (session.database, parts[0])


def named_database(text: str) -> str:
    """Read the name of a database, which may be quoted and may follow the catalog's."""
    *catalog, name = (part.strip('`" ').lower() for part in text.split("."))
    if catalog not in ([], ["awsdatacatalog"]):
        raise AthenaError("CATALOG_NOT_FOUND", f"Catalog '{'.'.join(catalog)}' not found")
    return name


def found_table(session: Session, database: str, name: str) -> GlueTable:
    """Find a table, or fail as the Hive side of Athena does."""
    table = session.catalog.table(database, name)
    if table is None:
        message = f"SemanticException [Error 10001]: Table not found {database}.{name}"
        raise AthenaError("FAILED", message)
    return table


def _refuse_iceberg(table: GlueTable, what: str) -> None:
    if is_iceberg(table):
        raise not_carried(f"{what} of an Iceberg table")


def create_database(session: Session, sql: str) -> Result:
    """CREATE DATABASE."""
    found = re.match(
        r"(?is)create\s+(?:database|schema)\s+(if\s+not\s+exists\s+)?(\S+)"
        r"(?:\s+comment\s+'([^']*)')?(?:\s+location\s+'([^']*)')?\s*$",
        sql,
    )
    if not found:
        raise not_carried("this form of CREATE DATABASE")
    name = named_database(found[2])
    if session.catalog.database(name) is not None:
        if found[1]:
            return Result(kind="DDL")
        raise AthenaError("FAILED", f"Execution Error: Database {name} already exists")
    given: dict[str, Any] = {"Name": name, "Description": found[3] or ""}
    session.catalog.create_database(given | ({"LocationUri": found[4]} if found[4] else {}))
    return Result(kind="DDL")


def drop_database(session: Session, sql: str) -> Result:
    """DROP DATABASE."""
    pattern = (
        r"(?is)drop\s+(?:database|schema)\s+(if\s+exists\s+)?(\S+)(\s+cascade|\s+restrict)?\s*$"
    )
    found = re.match(pattern, sql)
    if not found:
        raise not_carried("this form of DROP DATABASE")
    name = named_database(found[2])
    if session.catalog.database(name) is None:
        if found[1]:
            return Result(kind="DDL")
        raise AthenaError(
            "FAILED", f"SemanticException [Error 10072]: Database does not exist: {name}"
        )
    cascade = (found[3] or "").strip().lower() == "cascade"
    if session.catalog.tables(name) and not cascade:
        message = f"Execution Error: Database {name} is not empty. One or more tables exist."
        raise AthenaError("FAILED", message)
    session.catalog.delete_database(name)
    return Result(kind="DDL")


def create_table(session: Session, sql: str) -> Result:
    """CREATE EXTERNAL TABLE."""
    try:
        tree = sqlglot.parse_one(sql, read="hive")
    except sqlglot.errors.SqlglotError as error:
        raise AthenaError("FAILED", f"ParseException {error}") from error
    if not isinstance(tree, exp.Create) or not isinstance(tree.this, exp.Schema):
        raise not_carried("this form of CREATE EXTERNAL TABLE")
    database, name = named(session, tree.this.this.sql("hive"))
    if session.catalog.database(database) is None:
        message = f"SemanticException [Error 10072]: Database does not exist: {database}"
        raise AthenaError("FAILED", message)
    if session.catalog.table(database, name) is not None:
        if tree.args.get("exists"):
            return Result(kind="DDL")
        message = f"Execution Error: AlreadyExistsException(message:Table {name} already exists)"
        raise AthenaError("FAILED", message)
    session.catalog.create_table(database, _input(name, tree))
    return Result(kind="DDL")


def _input(name: str, tree: exp.Create) -> dict[str, Any]:
    properties = tree.args["properties"].expressions
    keys: list[dict[str, str]] = []
    location, parameters = "", {"EXTERNAL": "TRUE"}
    form, serde = FORMATS["textfile"], None
    options: dict[str, str] = {}
    for item in properties:
        if isinstance(item, exp.PartitionedByProperty):
            keys = [_column(c) for c in item.this.expressions]
        elif isinstance(item, exp.LocationProperty):
            location = item.this.name
        elif isinstance(item, exp.RowFormatSerdeProperty):
            serde = item.this.name
            given = item.args.get("serde_properties")
            options |= (
                {p.this.name: p.args["value"].name for p in given.expressions} if given else {}
            )
        elif isinstance(item, exp.RowFormatDelimitedProperty):
            options |= _delimited(item)
        elif isinstance(item, exp.FileFormatProperty):
            form = _format(item)
        elif isinstance(item, exp.SchemaCommentProperty):
            parameters["comment"] = item.this.name
        elif type(item) is exp.Property:
            parameters[item.this.name] = item.args["value"].name
        elif not isinstance(item, exp.ExternalProperty):
            raise not_carried(f"{item.key} in CREATE EXTERNAL TABLE")
    if not location:
        raise AthenaError(
            "FAILED", "SemanticException: no location is given for the external table"
        )
    split_location(location)
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": keys,
        "StorageDescriptor": {
            "Columns": [_column(c) for c in tree.this.expressions],
            "Location": location,
            "InputFormat": form[0],
            "OutputFormat": form[1],
            "SerdeInfo": {"SerializationLibrary": serde or form[2], "Parameters": options},
        },
    }


def _column(node: exp.Expr) -> dict[str, str]:
    kind = node.args["kind"].sql("hive").lower()
    try:
        parse(kind)
    except TypeTextError as error:
        raise AthenaError("FAILED", f"ParseException: {error}") from error
    made = {"Name": node.name.lower(), "Type": to_hive(parse(kind))}
    comments = [c.args["kind"].this.name for c in node.args.get("constraints") or []]
    return made | ({"Comment": comments[0]} if comments else {})


def _format(item: exp.Expr) -> tuple[str, str, str]:
    if isinstance(item.this, exp.InputOutputFormat):
        texts = [item.this.args[k].name for k in ("input_format", "output_format")]
        return texts[0], texts[1], FORMATS["textfile"][2]
    name = item.this.name.lower()
    if name not in FORMATS:
        raise not_carried(f"STORED AS {name.upper()}")
    return FORMATS[name]


_DELIMITERS = {
    "fields": "field.delim", "escaped": "escape.delim", "collection_items": "collection.delim",
    "map_keys": "mapkey.delim", "lines": "line.delim", "null": "serialization.null.format",
}  # fmt: skip


def _delimited(item: exp.Expr) -> dict[str, str]:
    found = {key: item.args[arg].name for arg, key in _DELIMITERS.items() if item.args.get(arg)}
    return {
        k: v.encode().decode("unicode_escape") if "\\" in v[:-1] else v for k, v in found.items()
    }


def drop_table(session: Session, sql: str) -> Result:
    """DROP TABLE: the catalog's entry only, never the data."""
    found = re.match(r"(?is)drop\s+table\s+(if\s+exists\s+)?(\S+)\s*$", sql)
    if not found:
        raise not_carried("this form of DROP TABLE")
    database, name = named(session, found[2])
    if found[1] and session.catalog.table(database, name) is None:
        return Result(kind="DDL")
    _refuse_iceberg(found_table(session, database, name), "DROP TABLE")  # it deletes the data, too
    session.catalog.delete_table(database, name)
    return Result(kind="DDL")


_SPEC = re.compile(r"(?is)partition\s*\(([^)]*)\)(?:\s*location\s*'([^']*)')?")


def alter_table(session: Session, sql: str) -> Result:
    """ALTER TABLE: ADD and DROP PARTITION, SET TBLPROPERTIES."""
    found = re.match(
        r"(?is)alter\s+table\s+(\S+)\s+(add|drop|set)\s+(if\s+(?:not\s+)?exists\s+)?(.*)$", sql
    )
    if not found:
        raise not_carried("this form of ALTER TABLE")
    database, name = named(session, found[1])
    table, action, rest = found_table(session, database, name), found[2].lower(), found[4]
    _refuse_iceberg(table, "ALTER TABLE")
    if action == "set":
        return _set_properties(session, database, table, rest)
    if not rest.lower().startswith("partition"):
        raise not_carried("this form of ALTER TABLE")
    for spec, location in _SPEC.findall(rest):
        values = _values(table, spec)
        if action == "add":
            _add(session, database, table, values, location, quietly=bool(found[3]))
        else:
            session.catalog.delete_partition(database, name, values)
    return Result(kind="DDL")


def _set_properties(session: Session, database: str, table: GlueTable, rest: str) -> Result:
    if not rest.lower().startswith("tblproperties"):
        raise not_carried("this form of ALTER TABLE SET")
    given = dict(re.findall(r"'([^']*)'\s*=\s*'([^']*)'", rest))
    parameters = {**(table.get("Parameters") or {}), **given}
    session.catalog.update_table(database, {**table, "Parameters": parameters})
    return Result(kind="DDL")


def _values(table: GlueTable, spec: str) -> list[str]:
    given = {
        k.strip("` ").lower(): v.strip().strip("'")
        for k, _, v in (part.partition("=") for part in spec.split(","))
    }
    names = [k["Name"].lower() for k in table.get("PartitionKeys") or []]
    if set(given) != set(names):
        message = (
            f"SemanticException: partition spec {{{spec.strip()}}} does not name {', '.join(names)}"
        )
        raise AthenaError("FAILED", message)
    return [given[n] for n in names]


def _add(
    session: Session,
    database: str,
    table: GlueTable,
    values: list[str],
    location: str,
    *,
    quietly: bool,
) -> None:
    name = table["Name"]
    if any(p["Values"] == values for p in session.catalog.partitions(database, name)):
        if quietly:
            return
        message = f"Execution Error: Partition already exists [{', '.join(values)}]"
        raise AthenaError("FAILED", message)
    names = [k["Name"] for k in table["PartitionKeys"]]
    folders = "".join(f"{n}={v}/" for n, v in zip(names, values, strict=True))
    where = location or table["StorageDescriptor"]["Location"].rstrip("/") + "/" + folders
    storage = {**table["StorageDescriptor"], "Location": where}
    given = {"Values": values, "StorageDescriptor": storage}
    session.catalog.create_partition(database, name, given)


def register(session: Session, database: str, name: str) -> list[str]:
    """Register the Hive-style partitions found in S3 and not yet in the catalog."""
    table = found_table(session, database, name)
    bucket, prefix = split_location(table["StorageDescriptor"]["Location"])
    names = [k["Name"].lower() for k in table.get("PartitionKeys") or []]
    known = {tuple(p["Values"]) for p in session.catalog.partitions(database, name)}
    added = []
    for entry in session.store.list(bucket, prefix):
        relative = entry.key[len(prefix) :]
        found = hive_values(relative)
        if hidden(relative) or not names or not set(names) <= set(found):
            continue
        values = [found[n] for n in names]
        if tuple(values) not in known:
            known.add(tuple(values))
            _add(session, database, table, values, "", quietly=True)
            added.append("/".join(f"{n}={v}" for n, v in zip(names, values, strict=True)))
    return added


def repair(session: Session, sql: str) -> Result:
    """MSCK REPAIR TABLE."""
    database, name = named(session, sql.split()[-1])
    _refuse_iceberg(found_table(session, database, name), "MSCK REPAIR TABLE")
    register(session, database, name)
    return Result(kind="DDL")
