"""Columns of an Iceberg table: each is known by its field id, whatever it is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.services.athena.engine.errors import not_carried
from sandbox.services.athena.engine.types import Type, decimal

_PLAIN = {
    "boolean": Type("boolean"), "int": Type("integer"), "long": Type("bigint"),
    "float": Type("real"), "double": Type("double"), "date": Type("date"),
    "string": Type("varchar"), "binary": Type("varbinary"),
    "timestamp": Type("timestamp", precision=6),
    "timestamptz": Type("timestamp with time zone", precision=6, zone="UTC"),
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A field; ``parts`` are those inside of it: of a struct its fields, else element or key."""

    field_id: int
    name: str
    kind: Type
    parts: tuple["Column", ...] = ()
    required: bool = False
    comment: str = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Column":
        """Read a field as a schema's JSON has it."""
        parts = _parts(raw["type"])
        return cls(
            raw["id"],
            raw["name"].lower(),
            _kind(raw["type"], parts),
            parts,
            raw["required"],
            raw.get("doc", ""),
        )


def _parts(kind: Any) -> tuple[Column, ...]:
    if isinstance(kind, str):
        return ()
    if kind["type"] == "struct":
        return tuple(map(Column.parse, kind["fields"]))
    names = ("element",) if kind["type"] == "list" else ("key", "value")
    return tuple(
        Column.parse({"id": kind[f"{n}-id"], "name": n, "type": kind[n], "required": n == "key"})
        for n in names
    )


def _kind(kind: Any, parts: tuple[Column, ...]) -> Type:
    inner = tuple(part.kind for part in parts)
    if not isinstance(kind, str):
        if kind["type"] == "struct":
            return Type("row", inner, fields=tuple(part.name for part in parts))
        return Type({"list": "array", "map": "map"}[kind["type"]], inner)
    if kind.startswith("decimal"):
        precision, scale = kind.removeprefix("decimal(").removesuffix(")").split(",")
        return decimal(int(precision), int(scale))
    if kind not in _PLAIN:
        raise not_carried(f"Iceberg's type {kind}")
    return _PLAIN[kind]
