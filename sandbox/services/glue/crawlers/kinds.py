"""Kinds of values as a crawler infers them, and what two kinds are together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

_INT = 2**31
_WIDENS = ("int", "bigint", "double")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: its name, and what it is of (array), or what its fields are (struct)."""

    name: str
    of: "Kind | None" = None
    fields: tuple[tuple[str, "Kind"], ...] = ()

    def __str__(self) -> str:
        if self.of is not None:
            return f"array<{self.of}>"
        if self.fields:
            return f"struct<{','.join(f'{name}:{kind}' for name, kind in self.fields)}>"
        return self.name


TEXT, NOTHING = Kind("string"), Kind("nothing")
BIGINT, DOUBLE, BOOLEAN = Kind("bigint"), Kind("double"), Kind("boolean")


def together(left: Kind, right: Kind) -> Kind:
    """Find the kind that holds the values of both; text holds all."""
    if left == right or right == NOTHING:
        return left
    if left == NOTHING:
        return right
    if left.name in _WIDENS and right.name in _WIDENS:
        return max(left, right, key=lambda kind: _WIDENS.index(kind.name))
    if left.of is not None and right.of is not None:
        return Kind("array", of=together(left.of, right.of))
    if left.fields and right.fields:
        return Kind("struct", fields=tuple(merged(dict(left.fields), dict(right.fields)).items()))
    return TEXT


def merged(left: Mapping[str, Kind], right: Mapping[str, Kind]) -> dict[str, Kind]:
    """Put columns together, in the order in which they came."""
    both = {name: together(kind, right.get(name, NOTHING)) for name, kind in left.items()}
    return both | {name: kind for name, kind in right.items() if name not in left}


def of_json(value: Any) -> Kind:
    """Infer the kind of a value of JSON."""
    match value:
        case None:
            return NOTHING
        case bool():
            return BOOLEAN
        case int():
            return Kind("int") if -_INT <= value < _INT else BIGINT
        case float():
            return DOUBLE
        case list():
            return Kind("array", of=reduce(together, map(of_json, value), NOTHING))
        case dict() if value:
            return Kind("struct", fields=tuple((k.lower(), of_json(v)) for k, v in value.items()))
    return TEXT


def of_texts(values: Iterable[str]) -> Kind:
    """Infer the kind of a column of cells: a crawler tells numbers from texts, and no more."""
    return reduce(together, map(_of_cell, values), NOTHING)


def _of_cell(cell: str) -> Kind:
    text = cell.strip()
    if not text:
        return NOTHING
    try:
        float(text)
    except ValueError:
        return TEXT
    if text.lstrip("+-").isdigit():
        return BIGINT if len(text) < 20 else TEXT
    return DOUBLE if text[-1].isdigit() else TEXT


def settled(columns: Mapping[str, Kind]) -> dict[str, str]:
    """Spell columns as the catalog has them; one that no value was seen of is text."""
    return {name: _spelled(kind) for name, kind in columns.items()}


def _spelled(kind: Kind) -> str:
    if kind.of is not None:
        return f"array<{_spelled(kind.of)}>"
    if kind.fields:
        return f"struct<{','.join(f'{name}:{_spelled(inner)}' for name, inner in kind.fields)}>"
    return "string" if kind == NOTHING else kind.name
