"""SHOW and DESCRIBE."""

import re

from sandbox.services.athena.engine.ddl import found_table, named, named_database
from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.iceberg import shows as iceberg_shows
from sandbox.services.athena.engine.results import Result
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.stored_views import stored_view
from sandbox.services.athena.engine.tables import is_iceberg
from sandbox.services.athena.engine.types import VARCHAR


def _listed(title: str, lines: list[str]) -> Result:
    return Result([(title, VARCHAR)], [[line] for line in lines], "UTILITY")


def _matching(pattern: str | None, names: list[str]) -> list[str]:
    if not pattern:
        return names
    regex = "|".join(p.replace("*", ".*") for p in pattern.split("|"))
    return [n for n in names if re.fullmatch(regex, n, re.IGNORECASE)]


def show(session: Session, sql: str) -> Result:
    """SHOW DATABASES, TABLES, VIEWS, COLUMNS, PARTITIONS, TBLPROPERTIES, CREATE VIEW and TABLE."""
    if found := re.match(r"(?is)show\s+(?:databases|schemas)(?:\s+like\s+'([^']*)')?\s*$", sql):
        return _listed("database_name", _matching(found[1], sorted(session.catalog.databases())))
    listing = (
        r"(?is)show\s+(tables|views)(?:\s+(?:in|from)\s+(\S+))?(?:\s+(?:like\s+)?'([^']*)')?\s*$"
    )
    if found := re.match(listing, sql):
        return _names(session, found[1].lower(), found[2], found[3])
    if found := re.match(
        r"(?is)show\s+columns\s+(?:in|from)\s+(\S+)(?:\s+(?:in|from)\s+(\S+))?\s*$", sql
    ):
        database, name = named(session, f"{found[2]}.{found[1]}" if found[2] else found[1])
        table = found_table(session, database, name)
        if is_iceberg(table):
            return _listed("field", iceberg_shows.names(session.store, database, table))
        columns = [
            *(table["StorageDescriptor"].get("Columns") or []),
            *(table.get("PartitionKeys") or []),
        ]
        return _listed("field", [c["Name"].lower() for c in columns])
    if found := re.match(r"(?is)show\s+partitions\s+(\S+)\s*$", sql):
        return _partitions(session, *named(session, found[1]))
    if found := re.match(r"(?is)show\s+tblproperties\s+([^\s(]+)\s*(?:\('([^']*)'\))?\s*$", sql):
        parameters = found_table(session, *named(session, found[1])).get("Parameters") or {}
        kept = {k: v for k, v in parameters.items() if found[2] in (None, k)}
        return _listed("prpt_name", [f"{k}\t{v}" for k, v in sorted(kept.items())])
    if found := re.match(r"(?is)show\s+create\s+view\s+(\S+)\s*$", sql):
        database, name = named(session, found[1])
        table = found_table(session, database, name)
        text = f'CREATE VIEW "{database}"."{name}" AS\n{stored_view(table)["originalSql"]}'
        return _listed("Create View", text.split("\n"))
    if found := re.match(r"(?is)show\s+create\s+table\s+(\S+)\s*$", sql):
        database, name = named(session, found[1])
        table = found_table(session, database, name)
        if not is_iceberg(table):
            raise not_carried("SHOW CREATE TABLE of a Hive table")
        lines = iceberg_shows.create_table(session.store, database, table)
        return _listed("createtab_stmt", lines)
    raise not_carried("this form of SHOW")


def _names(session: Session, what: str, given: str | None, pattern: str | None) -> Result:
    database = named_database(given) if given else session.database
    if session.catalog.database(database) is None:
        raise AthenaError(
            "FAILED", f"SemanticException [Error 10072]: Database does not exist: {database}"
        )
    tables = session.catalog.tables(database)
    kept = [t for t in tables if what == "tables" or t.get("TableType") == "VIRTUAL_VIEW"]
    title = "tab_name" if what == "tables" else "views"
    return _listed(title, _matching(pattern, sorted(t["Name"] for t in kept)))


def _partitions(session: Session, database: str, name: str) -> Result:
    table = found_table(session, database, name)
    if is_iceberg(table):
        raise not_carried('SHOW PARTITIONS of an Iceberg table (ask "t$partitions")')
    names = [k["Name"] for k in table.get("PartitionKeys") or []]
    if not names:
        raise AthenaError("FAILED", f"Execution Error: Table {name} is not a partitioned table")
    found = session.catalog.partitions(database, name)
    values = (zip(names, p["Values"], strict=True) for p in found)
    return _listed("partition", sorted("/".join(f"{n}={v}" for n, v in pairs) for pairs in values))


def describe(session: Session, sql: str) -> Result:
    """DESCRIBE: the columns, then the partition keys once more under a heading."""
    found = re.match(r"(?is)(?:describe|desc)\s+(?:table\s+)?(\S+)\s*$", sql)
    if not found:
        raise not_carried("this form of DESCRIBE")
    database, name = named(session, found[1])
    table = found_table(session, database, name)
    if is_iceberg(table):
        return _listed("col_name", iceberg_shows.described(session.store, database, table))
    keys = table.get("PartitionKeys") or []
    lines = [_column(c) for c in [*(table["StorageDescriptor"].get("Columns") or []), *keys]]
    if keys:
        heading = [
            "",
            "# Partition Information",
            _columns_text("# col_name", "data_type", "comment"),
            "",
        ]
        lines += [*heading, *map(_column, keys)]
    return _listed("col_name", lines)


def _column(column: dict[str, str]) -> str:
    return _columns_text(column["Name"], column["Type"], column.get("Comment", ""))


def _columns_text(*cells: str) -> str:
    return "\t".join(f"{cell:<20}" for cell in cells)
