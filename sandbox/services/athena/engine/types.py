"""Trino's types: their names, how Hive and DuckDB spell them, and which turns into which."""

import re
from dataclasses import dataclass, field, replace

_WHOLE = ("tinyint", "smallint", "integer", "bigint")
_DIGITS = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
_TEMPORAL = ("date", "timestamp", "timestamp with time zone")


@dataclass(frozen=True)
class Type:
    """One Trino type.

    ``zone`` is the time zone of an instant where the query text fixes it; ``precision`` the digits
    of a moment's second, which make no other type of it here.
    """

    name: str
    parts: tuple["Type", ...] = ()
    numbers: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()
    zone: str | None = None
    precision: int = field(default=3, compare=False)

    def __str__(self) -> str:
        if self.precision > 3:
            return self.name.replace("timestamp", f"timestamp({self.precision})")
        if self.name == "row":
            named = zip(self.fields, self.parts, strict=True)
            return "row(" + ", ".join(f"{f} {p}".strip() for f, p in named) + ")"
        inner = [str(p) for p in self.parts] or [str(n) for n in self.numbers]
        return f"{self.name}({', '.join(inner)})" if inner else self.name

    @property
    def whole(self) -> bool:
        """Whether it is an integer of some width."""
        return self.name in _WHOLE

    @property
    def numeric(self) -> bool:
        """Whether arithmetic applies."""
        return self.whole or self.name in ("decimal", "real", "double")

    @property
    def temporal(self) -> bool:
        """Whether it is a date or a moment."""
        return self.name in _TEMPORAL

    @property
    def interval(self) -> bool:
        """Whether it is a span of time."""
        return self.name.startswith("interval")


def simple(name: str) -> Type:
    """Make a type that has no parameters."""
    return Type(name)


BOOLEAN, INTEGER, BIGINT, DOUBLE, REAL = map(
    simple, ("boolean", "integer", "bigint", "double", "real")
)
VARCHAR, DATE, TIMESTAMP, JSON, VARBINARY = map(
    simple, ("varchar", "date", "timestamp", "json", "varbinary")
)
INSTANT, UNKNOWN, TIME = map(simple, ("timestamp with time zone", "unknown", "time"))
DAYS, MONTHS = map(simple, ("interval day to second", "interval year to month"))


def decimal(precision: int, scale: int) -> Type:
    """Make a decimal, cut to Trino's 38 digits."""
    return Type("decimal", numbers=(min(precision, 38), scale))


def array(element: Type) -> Type:
    """Make an array of an element."""
    return Type("array", (element,))


def as_decimal(kind: Type) -> Type:
    """See an integer as the decimal that Trino turns it into."""
    return kind if kind.name == "decimal" else decimal(_DIGITS[kind.name], 0)


def common(left: Type, right: Type) -> Type | None:
    """Find the type that both turn into by themselves, as Trino does; None where there is none."""
    if left == right:
        return max(left, right, key=lambda kind: kind.precision)
    if right.name == "unknown":
        return left
    if left.name == "unknown":
        return right
    if left.name == right.name:
        return _same_name(left, right)
    names = {left.name, right.name}
    if names == {"varchar", "char"}:
        return VARCHAR
    if left.numeric and right.numeric:
        return _number(left, right)
    if left.temporal and right.temporal:
        return max(left, right, key=lambda t: _TEMPORAL.index(t.name))
    return None


def _same_name(left: Type, right: Type) -> Type | None:
    if left.name == "decimal":
        scale = max(left.numbers[1], right.numbers[1])
        whole = max(k.numbers[0] - k.numbers[1] for k in (left, right))
        return decimal(whole + scale, scale)
    if left.parts and len(left.parts) == len(right.parts):
        parts = [common(a, b) for a, b in zip(left.parts, right.parts, strict=True)]
        found = tuple(p for p in parts if p is not None)
        fields = left.fields if left.fields == right.fields else ("",) * len(left.fields)
        return replace(left, parts=found, fields=fields) if len(found) == len(parts) else None
    if left.zone != right.zone:
        return replace(left, zone=None)
    return replace(left, numbers=()) if left.name in ("varchar", "char") else left


def _number(left: Type, right: Type) -> Type | None:
    names = {left.name, right.name}
    if "double" in names:
        return DOUBLE
    if "real" in names:
        return REAL
    if "decimal" in names:
        return _same_name(as_decimal(left), as_decimal(right))
    return max(left, right, key=lambda t: _WHOLE.index(t.name))


def widens(kind: Type, target: Type) -> bool:
    """Tell whether a value turns into the target by itself."""
    if target.name in ("varchar", "char"):
        return kind.name in ("varchar", "char", "unknown")
    found = common(kind, target)
    return found is not None and replace(found, zone=None) == replace(target, zone=None)


_WORDS = re.compile(r'\s*("(?:[^"]|"")*"|[\w ]*\w|[(),<>:])')
_ALIASES = {
    "string": "varchar", "int": "integer", "float": "real", "binary": "varbinary",
    "struct": "row", "numeric": "decimal", "timestamptz": "timestamp with time zone",
}  # fmt: skip
_SCALARS = frozenset(
    {*_WHOLE, *_TEMPORAL, *_ALIASES.values(), "boolean", "double", "json", "unknown", "time"}
    | {DAYS.name, MONTHS.name, "array", "map", "row", "decimal", "real"}
)


class TypeTextError(ValueError):
    """A type that neither Hive nor Trino has."""


def parse(text: str) -> Type:
    """Read a type as Hive or Trino writes it: ``struct<a:int>`` and ``row(a integer)`` alike."""
    words = [m.group(1).strip() for m in _WORDS.finditer(text.lower())]
    kind, rest = _parse(words, text)
    if rest:
        raise TypeTextError(f"unknown type: {text}")
    return kind


def _parse(words: list[str], text: str) -> tuple[Type, list[str]]:
    if not words:
        raise TypeTextError(f"unknown type: {text}")
    name, words = _ALIASES.get(words[0], words[0]), words[1:]
    if name.startswith("timestamp") and words[:1] == ["("]:
        suffix = words[3] if len(words) > 3 and words[3] == "with time zone" else ""
        kind = Type(f"timestamp {suffix}".strip(), precision=6 if int(words[1]) > 3 else 3)
        return kind, words[4 if suffix else 3 :]
    if name not in _SCALARS:
        raise TypeTextError(f"unknown type: {text}")
    if name == "decimal" and words[:1] != ["("]:
        return decimal(38 if text.lower() == "numeric" else 10, 0), words
    if words[:1] not in (["("], ["<"]):
        return Type(name), words
    words = words[1:]
    parts: list[Type] = []
    numbers: list[int] = []
    fields: list[str] = []
    while words and words[0] not in (")", ">"):
        if words[0] == ",":
            words = words[1:]
        elif words[0].isdigit():
            numbers.append(int(words[0]))
            words = words[1:]
        else:
            field, words = _field(words) if name == "row" else ("", words)
            part, words = _parse(words, text)
            fields.append(field)
            parts.append(part)
    if name in ("varchar", "char"):
        return Type(name, numbers=tuple(numbers)), words[1:]
    if name == "decimal" and len(numbers) == 1:
        numbers.append(0)
    named = tuple(fields) if name == "row" else ()
    return Type(name, tuple(parts), tuple(numbers), named), words[1:]


def _field(words: list[str]) -> tuple[str, list[str]]:
    if len(words) > 1 and words[1] == ":":
        return words[0].strip('"'), words[2:]
    if words[0].startswith('"'):
        return words[0].strip('"'), words[1:]
    name, _, rest = words[0].partition(" ")
    if rest:
        return name, [rest.strip(), *words[1:]]
    return "", words


_DUCK = {
    "real": "FLOAT", "varbinary": "BLOB", "char": "VARCHAR", "unknown": "INTEGER",
    "timestamp with time zone": "TIMESTAMPTZ", DAYS.name: "INTERVAL", MONTHS.name: "INTERVAL",
}  # fmt: skip


def to_duckdb(kind: Type) -> str:
    """Spell it for DuckDB."""
    if kind.name == "array":
        return to_duckdb(kind.parts[0]) + "[]"
    if kind.name == "map":
        return f"MAP({', '.join(map(to_duckdb, kind.parts))})"
    if kind.name == "row":
        names = (f or f"field{i}" for i, f in enumerate(kind.fields))
        quoted = ('"' + n.replace('"', '""') + '"' for n in names)
        inner = zip(quoted, kind.parts, strict=True)
        return "STRUCT(" + ", ".join(f"{n} {to_duckdb(p)}" for n, p in inner) + ")"
    if kind.name == "decimal":
        return f"DECIMAL({kind.numbers[0]}, {kind.numbers[1]})"
    return _DUCK.get(kind.name, kind.name.upper())


_HIVE = {"varchar": "string", "integer": "int", "real": "float", "varbinary": "binary"}


def to_hive(kind: Type) -> str:
    """Spell it for Glue's catalog."""
    if kind.name == "row":
        inner = zip(kind.fields, kind.parts, strict=True)
        return "struct<" + ",".join(f"{f}:{to_hive(p)}" for f, p in inner) + ">"
    if kind.parts:
        return f"{kind.name}<{','.join(map(to_hive, kind.parts))}>"
    if kind.numbers:
        return f"{kind.name}({','.join(map(str, kind.numbers))})"
    return _HIVE.get(kind.name, kind.name)
