"""What Trino's operators and casts make of their operands' types."""

from sqlglot import exp

from sandbox.services.athena.engine.errors import not_carried
from sandbox.services.athena.engine.types import (
    DATE,
    DAYS,
    INSTANT,
    TIMESTAMP,
    Type,
    as_decimal,
    common,
    decimal,
)


def arithmetic(shape: type[exp.Expr], left: Type, right: Type) -> Type | None:
    """Return the type of left (operator) right; None where Trino has no such operator."""
    if left.numeric and right.numeric:
        both = common(left, right)
        if both is None or both.name != "decimal":
            return both
        return _decimal(shape, as_decimal(left), as_decimal(right))
    if "unknown" in (left.name, right.name):
        return right if left.name == "unknown" else left
    if shape in (exp.Add, exp.Sub):
        if right.interval and left.temporal:
            return left
        if left.interval and right.temporal and shape is exp.Add:
            return right
        if left.interval and left == right:
            return left
        if shape is exp.Sub and left.temporal and right.temporal:
            return DAYS
    if shape is exp.Mul and {left.interval, right.interval} == {True, False}:
        return left if left.interval else right
    return None


def _decimal(shape: type[exp.Expr], left: Type, right: Type) -> Type:
    (p1, s1), (p2, s2) = left.numbers, right.numbers
    if shape is exp.Mul:
        return decimal(p1 + p2, s1 + s2)
    if shape is exp.Div:
        return decimal(p1 + s2 + max(0, s2 - s1), max(s1, s2))
    scale = max(s1, s2)
    if shape is exp.Mod:
        return decimal(min(p2 - s2, p1 - s1) + scale, scale)
    return decimal(max(p1 - s1, p2 - s2) + scale + 1, scale)


_FROM_TEXT = (
    "boolean",
    "varbinary",
    "json",
    "varchar",
    "char",
    "time",
    DATE.name,
    TIMESTAMP.name,
    INSTANT.name,
)


def castable(source: Type, target: Type) -> bool:
    """Tell whether Trino has the cast."""
    if target.name == "json" and (source.temporal or source.name in ("row", "varbinary")):
        raise not_carried(f"the cast of {source} to json")
    if source.name in ("unknown", "json") or target.name == "json" or source.name == target.name:
        return target.name not in ("map",) or source.name in ("unknown", "json", "map")
    if source.name in ("varchar", "char"):
        return target.numeric or target.name in _FROM_TEXT
    if target.name in ("varchar", "char"):
        return (
            source.numeric
            or source.temporal
            or source.name in ("boolean", "time")
            or source.interval
        )
    if source.numeric:
        return target.numeric or target.name == "boolean"
    if source.name == "boolean":
        return target.numeric
    return source.temporal and (target.temporal or target.name == "time")
