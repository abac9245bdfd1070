"""A table of the catalog as the engine sees it, and what the engine asks of catalog and store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

from sandbox.services.athena.engine.errors import AthenaError, not_carried
from sandbox.services.athena.engine.types import Type, TypeTextError, parse

GlueTable = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One object of a listing."""

    key: str
    size: int


class Catalog(Protocol):
    """Glue's Data Catalog, used as the caller; a refusal raises AthenaError."""

    def databases(self) -> Sequence[str]:
        """List databases."""

    def database(self, name: str) -> Mapping[str, Any] | None:
        """Find a database."""

    def tables(self, database: str) -> Sequence[GlueTable]:
        """List tables and views."""

    def table(self, database: str, name: str) -> GlueTable | None:
        """Find a table or view."""

    def partitions(self, database: str, name: str) -> Sequence[Mapping[str, Any]]:
        """List registered partitions."""

    def create_database(self, given: Mapping[str, Any]) -> None:
        """Create a database."""

    def delete_database(self, name: str) -> None:
        """Delete a database."""

    def create_table(self, database: str, given: Mapping[str, Any]) -> None:
        """Create a table or view."""

    def update_table(self, database: str, given: Mapping[str, Any]) -> None:
        """Replace a table or view."""

    def delete_table(self, database: str, name: str) -> None:
        """Delete a table or view."""

    def create_partition(self, database: str, name: str, given: Mapping[str, Any]) -> None:
        """Register a partition."""

    def delete_partition(self, database: str, name: str, values: Sequence[str]) -> None:
        """Forget a partition."""


class Store(Protocol):
    """S3, used as the caller; a refusal raises AthenaError."""

    def list(self, bucket: str, prefix: str) -> Sequence[Entry]:
        """List the objects below a prefix."""

    def read(self, bucket: str, key: str) -> bytes:
        """Read an object."""

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object."""


def split_location(location: str) -> tuple[str, str]:
    """Split s3://bucket/prefix; the prefix ends in a slash unless it is empty."""
    if not location.startswith(("s3://", "s3a://", "s3n://")):
        raise AthenaError("INVALID_TABLE_PROPERTY", f"location must be an S3 URI: {location!r}")
    bucket, _, prefix = location.partition("://")[2].partition("/")
    return bucket, prefix.rstrip("/") + "/" if prefix.strip("/") else ""


def split_uri(uri: str) -> tuple[str, str]:
    """Split the place of one object into its bucket and its key."""
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


@dataclass(frozen=True)
class Table:
    """A base table: its columns, partition keys, serde and place."""

    database: str
    name: str
    columns: tuple[tuple[str, Type], ...]
    keys: tuple[tuple[str, Type], ...]
    location: str
    serde: str
    options: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def everything(self) -> list[tuple[str, Type]]:
        """All columns, the partition keys last, as SELECT * shows them."""
        return [*self.columns, *self.keys]

    @property
    def projected(self) -> bool:
        """Whether its partitions are computed and not registered."""
        return self.properties.get("projection.enabled", "false").lower() == "true"


SERDES = {
    "OpenCSVSerde": "open_csv", "LazySimpleSerDe": "lazy", "openx.data.jsonserde": "json",
    "hcatalog.data.JsonSerDe": "hive_json", "serde2.JsonSerDe": "hive_json",
    "ParquetHiveSerDe": "parquet",
}  # fmt: skip


def is_iceberg(given: GlueTable) -> bool:
    """Tell whether a Glue table is Iceberg's."""
    return str((given.get("Parameters") or {}).get("table_type", "")).upper() == "ICEBERG"


def base_table(database: str, given: GlueTable) -> Table:
    """Read a Glue table; a serde that is not carried is refused by name."""
    storage = given.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    library = serde.get("SerializationLibrary") or ""
    properties = dict(given.get("Parameters") or {})
    short = next((s for part, s in SERDES.items() if part in library), None)
    if short is None and library:
        raise not_carried(f"the serde {library}")
    try:
        columns = tuple((c["Name"].lower(), parse(c["Type"])) for c in storage.get("Columns") or [])
        keys = tuple(
            (c["Name"].lower(), parse(c["Type"])) for c in given.get("PartitionKeys") or []
        )
    except TypeTextError as error:
        raise AthenaError(
            "HIVE_INVALID_METADATA", f"{database}.{given['Name']}: {error}"
        ) from error
    return Table(
        database,
        given["Name"].lower(),
        columns,
        keys,
        storage.get("Location") or "",
        short or "lazy",
        dict(serde.get("Parameters") or {}),
        properties,
    )


def hidden(relative: str) -> bool:
    """Tell whether Athena passes over an object: a part of its path starts with _ or a dot."""
    return any(part.startswith(("_", ".")) for part in relative.split("/") if part)


def hive_values(relative: str) -> dict[str, str]:
    """Read the name=value folders of a path."""
    pairs = (part.split("=", 1) for part in relative.split("/")[:-1] if "=" in part)
    return {name.lower(): unquote(value) for name, value in pairs}
