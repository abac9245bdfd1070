"""SHOW and DESCRIBE of Iceberg tables, by their metadata: Glue keeps columns that are gone."""

from collections.abc import Iterator

from sandbox.services.athena.engine.iceberg.metadata import (
    PartitionField,
    TableMetadata,
    read_metadata,
)
from sandbox.services.athena.engine.tables import GlueTable, Store
from sandbox.services.athena.engine.types import Type, to_hive

_BY_COLUMN = ("year", "month", "day", "hour")


def names(store: Store, database: str, given: GlueTable) -> list[str]:
    """List the columns of a table."""
    metadata = read_metadata(store, database, given)
    return [column.name for column in metadata.columns[metadata.schema_id]]


def described(store: Store, database: str, given: GlueTable) -> list[str]:
    """Describe a table: its columns, then what it is parted by."""
    metadata = read_metadata(store, database, given)
    lines = [_line("# Table schema:", "", ""), _line("# col_name", "data_type", "comment")]
    for column in metadata.columns[metadata.schema_id]:
        lines.append(_line(column.name, hive_type(column.kind), column.comment))
    lines += [_line("", "", ""), _line("# Partition spec:", "", "")]
    lines.append(_line("# field_name", "field_transform", "column_name"))
    for part in metadata.specs[metadata.spec_id]:
        lines.append(_line(part.name, part.transform, _source(metadata, part)))
    return lines


def create_table(store: Store, database: str, given: GlueTable) -> list[str]:
    """Write the statement that makes such a table, as Athena has it for Iceberg."""
    metadata = read_metadata(store, database, given)
    columns = [f"  {c.name} {hive_type(c.kind)}" for c in metadata.columns[metadata.schema_id]]
    parts = ", ".join(_parts(metadata))
    return [
        f"CREATE TABLE {metadata.table} (",
        *(f"{text}," for text in columns[:-1]),
        f"{columns[-1]})",
        *([f"PARTITIONED BY ({parts})"] if parts else []),
        f"LOCATION '{metadata.location}'",
        "TBLPROPERTIES (",
        "  'table_type'='iceberg'",
        ");",
    ]


def hive_type(kind: Type) -> str:
    """Spell a type as Athena's data definition does."""
    return "timestamp" if kind.name.startswith("timestamp") else to_hive(kind)


def _parts(metadata: TableMetadata) -> Iterator[str]:
    for part in metadata.specs[metadata.spec_id]:
        source, (transform, _, width) = _source(metadata, part), part.transform.partition("[")
        if transform == "identity":
            yield f"`{source}`"
        else:
            inner = f"`{source}`" if transform in _BY_COLUMN else f"{width.rstrip(']')}, `{source}`"
            yield f"{transform}({inner})"


def _source(metadata: TableMetadata, part: PartitionField) -> str:
    columns = metadata.columns[metadata.schema_id]
    return next(c.name for c in columns if c.field_id == part.source_id)


def _line(*cells: str) -> str:
    return "\t".join(cells)
