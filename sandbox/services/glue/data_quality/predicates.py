"""What a value of a column has to be, as SQL; what is NULL is no yes."""

import datetime as dt
import re
from collections.abc import Sequence

from sandbox.services.glue.data_quality.rules import (
    Age,
    Condition,
    Missing,
    Now,
    Number,
    Operand,
    Text,
)

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# As AWS's own open implementation has them: https://github.com/awslabs/deequ, package dqdl.
_OF_NOTHING = {
    "NULL": ("{x} IS NULL", "{x} IS NOT NULL"),
    "EMPTY": ("{x} = ''", "{x} <> ''"),
    "WHITESPACES_ONLY": (
        "(length(trim({x})) = 0 AND length({x}) > 0)",
        "(length(trim({x})) > 0 OR length({x}) = 0)",
    ),
}


def is_of_dates(condition: Condition) -> bool:
    """Tell whether values are compared as days."""
    return any(
        isinstance(o, Now) or (isinstance(o, Text) and bool(_DATE.fullmatch(o.value)))
        for o in condition.operands
    )


def predicate(condition: Condition, value: str, now: dt.datetime) -> str:
    """Write that an expression is what a condition wants."""
    if condition.operator == "matches":  # an empty text matches nothing
        pattern = literal(condition.operands[0], now)
        return f"(regexp_full_match({value}, {pattern}) AND {value} <> '')"
    plain = [o for o in condition.operands if not isinstance(o, Missing)]
    compared = f"TRY_CAST({value} AS DATE)" if is_of_dates(condition) else value
    literals = [literal(each, now) for each in plain]
    if condition.operator == "between":
        lower, upper = literals
        within = f"{compared} > {lower} AND {compared} < {upper}"
        outside = f"{compared} <= {lower} OR {compared} >= {upper}"
        return f"({outside if condition.negated else within})"
    if condition.operator in ("=", "in", "!="):
        negated = condition.negated or condition.operator == "!="
        return _among(condition.operands, value, compared, literals, negated=negated)
    return f"({compared} {condition.operator} {literals[0]})"


def literal(operand: Operand, now: dt.datetime) -> str:
    """Write an operand."""
    match operand:
        case Number(spelled):
            return spelled
        case Text(text) if _DATE.fullmatch(text):
            return f"DATE '{text}'"
        case Text(text):
            return "'" + text.replace("'", "''") + "'"
        case Now(hours):
            return f"DATE '{(now + dt.timedelta(hours=hours)).date()}'"
        case Age(hours):
            return str(hours)
        case Missing(keyword):
            raise ValueError(f"{keyword} is compared by = and in only")


def _among(
    operands: Sequence[Operand], value: str, compared: str, literals: list[str], *, negated: bool
) -> str:
    nothings = [o.keyword for o in operands if isinstance(o, Missing)]
    parts = [_OF_NOTHING[keyword][negated].format(x=value) for keyword in nothings]
    if literals:
        listed = ", ".join(literals)
        if negated:
            parts.append(f"({value} IS NULL OR {compared} NOT IN ({listed}))")
        else:
            parts.append(f"{compared} IN ({listed})")
    return "(" + (" AND " if negated else " OR ").join(parts) + ")"
