"""The tables of a synthesized template for the engine of Athena, over objects in memory."""

from typing import Any

from sandbox.services.athena.engine.tables import Entry
from testing.templates import Template, of_type


class Shelf:
    """One template's database; ``objects`` holds what lies in its bucket, by key."""

    def __init__(self, found: Template) -> None:
        databases = of_type(found, "AWS::Glue::Database").values()
        tables = of_type(found, "AWS::Glue::Table").values()
        inputs = [table["TableInput"] for table in tables if "TableInput" in table]
        self._names = [database["DatabaseInput"]["Name"] for database in databases]
        self._tables = {table["Name"]: _resolved(table) for table in inputs}
        self.objects: dict[str, bytes] = {}
        self.read_keys: list[str] = []

    def databases(self) -> list[str]:
        """Name the one database."""
        return self._names

    def database(self, name: str) -> dict[str, str]:
        """Describe it."""
        return {"Name": name}

    def tables(self, database: str) -> list[Any]:
        """List its tables and views."""
        return list(self._tables.values())

    def table(self, database: str, name: str) -> Any:
        """Find one of them."""
        return self._tables.get(name)

    def partitions(self, database: str, name: str) -> list[Any]:
        """List none: all are projected."""
        return []

    def list(self, bucket: str, prefix: str) -> Any:
        """List objects in order."""
        return [Entry(k, len(v)) for k, v in sorted(self.objects.items()) if k.startswith(prefix)]

    def read(self, bucket: str, key: str) -> bytes:
        """Read one, and remember that it was."""
        self.read_keys.append(key)
        return self.objects[key]


def _resolved(value: Any) -> Any:
    """Fill a bucket's name in where the template only refers to it."""
    if isinstance(value, dict) and "Fn::Join" in value:
        return "".join(
            part if isinstance(part, str) else "results" for part in value["Fn::Join"][1]
        )
    if isinstance(value, dict):
        return {key: _resolved(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner) for inner in value]
    return value
