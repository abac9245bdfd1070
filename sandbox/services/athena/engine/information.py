"""information_schema: the catalog as tables."""

from collections.abc import Iterator

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.iceberg.metadata import read_metadata
from sandbox.services.athena.engine.iceberg.reading import now
from sandbox.services.athena.engine.tables import Catalog, GlueTable, Store, is_iceberg
from sandbox.services.athena.engine.types import VARCHAR, Type, parse

SCHEMA = "information_schema"
_SHAPES = {
    "schemata": ("catalog_name", "schema_name"),
    "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
    "columns": (
        "table_catalog", "table_schema", "table_name", "column_name", "ordinal_position",
        "data_type", "extra_info",
    ),
}  # fmt: skip


def information_columns(name: str, at: tuple[int, int]) -> list[tuple[str, Type]]:
    """Return the columns of one of its tables."""
    if name in ("views", "table_privileges", "applicable_roles", "enabled_roles", "roles"):
        raise not_carried(f"information_schema.{name}")
    if name not in _SHAPES:
        message = f"Table 'awsdatacatalog.{SCHEMA}.{name}' does not exist"
        raise AthenaError("TABLE_NOT_FOUND", message, *at)
    wide = Type("bigint")
    return [(c, wide if c == "ordinal_position" else VARCHAR) for c in _SHAPES[name]]


def information_rows(catalog: Catalog, store: Store, name: str) -> Iterator[tuple[object, ...]]:
    """List its rows."""
    for database in catalog.databases():
        if name == "schemata":
            yield "awsdatacatalog", database
            continue
        for table in catalog.tables(database):
            key = ("awsdatacatalog", database, table["Name"].lower())
            if name == "tables":
                view = table.get("TableType") == "VIRTUAL_VIEW"
                yield *key, "VIEW" if view else "BASE TABLE"
                continue
            if is_iceberg(table):
                for index, (column, kind) in enumerate(_iceberg(store, database, table), 1):
                    yield *key, column, index, str(kind), None
                continue
            columns = (table.get("StorageDescriptor") or {}).get("Columns") or []
            parts = table.get("PartitionKeys") or []
            for index, column in enumerate([*columns, *parts], 1):
                extra = "partition key" if index > len(columns) else None
                yield *key, column["Name"].lower(), index, str(parse(column["Type"])), extra


def _iceberg(store: Store, database: str, table: GlueTable) -> list[tuple[str, Type]]:
    """Ask a table's own metadata; one whose metadata cannot be read has no columns here."""
    try:
        return now(read_metadata(store, database, table)).everything
    except AthenaError:
        return []
