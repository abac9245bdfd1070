"""Conditions: read, and held against one number."""

import operator
from collections.abc import Callable
from typing import cast

from sandbox.services.glue.data_quality.reader import Reader
from sandbox.services.glue.data_quality.rules import (
    HOURS,
    KEYWORDS,
    Age,
    Condition,
    Missing,
    Now,
    Number,
    Operand,
    Operator,
    Text,
)
from sandbox.services.glue.data_quality.tokens import DqdlError

_COMPARING: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def parse_condition(reader: Reader) -> Condition:
    """Read ``> 3``, ``not in ["a", NULL]``, ``between 1 and 2``, ``matches "a+"``."""
    first = reader.next
    negated = reader.takes("not")
    if reader.takes("between"):
        lower = _operand(reader)
        reader.want("and", "AND")
        return _of_one_kind(first.line, Condition("between", (lower, _operand(reader)), negated))
    if reader.takes("in"):
        reader.want("[")
        found = [_operand(reader)]
        while reader.takes(","):
            found.append(_operand(reader))
        reader.want("]")
        return _of_one_kind(first.line, Condition("in", tuple(found), negated))
    if reader.takes("matches"):
        if negated:
            raise DqdlError(first.line, "the sandbox has no 'not matches'; it has matches")
        return Condition("matches", (Text(reader.want_kind("text").value),))
    if not negated:
        for sign in _COMPARING:
            if reader.takes(sign):
                return Condition(cast(Operator, sign), (_operand(reader),))
    raise reader.unexpected(first, f"wanted {', '.join(_COMPARING)}, between, in or matches")


def _of_one_kind(line: int, condition: Condition) -> Condition:
    kinds = {type(each) for each in condition.operands} - {Missing}
    if len(kinds - {Text, Now}) > 1 or (len(kinds) > 1 and not kinds <= {Text, Now}):
        raise DqdlError(line, f"{condition.operator} mixes numbers with something else")
    return condition


def _operand(reader: Reader) -> Operand:
    token = reader.take()
    if token.kind == "number":
        unit = reader.next
        if unit.kind == "word" and unit.value in HOURS:
            reader.take()
            return Age(float(token.value) * HOURS[unit.value])
        return Number(token.value)
    if token.kind == "text":
        return Text(token.value)
    for keyword in KEYWORDS:
        if token.value in (keyword, keyword.lower()):
            return Missing(keyword)
    if token.value == "now":
        return _now(reader)
    if token.value == "(":
        reader.want("now")
        moment = _shifted(_now(reader), reader)
        reader.want(")")
        return moment
    if token.kind == "word" and reader.next.value == "(":
        raise DqdlError(
            token.line, f"the sandbox has no dynamic rules ({token.value}); AWS has them in jobs"
        )
    raise reader.unexpected(
        token, "wanted a number, a text, NULL, EMPTY, WHITESPACES_ONLY or now()"
    )


def _now(reader: Reader) -> Now:
    reader.want("(")
    reader.want(")")
    return Now()


def _shifted(moment: Now, reader: Reader) -> Now:
    sign = -1.0 if reader.want("-", "+").value == "-" else 1.0
    amount, unit = reader.want_kind("number"), reader.want_kind("word")
    if unit.value not in HOURS:
        raise DqdlError(unit.line, f"wanted {', '.join(HOURS)}, found {unit.value!r}")
    return Now(moment.plus_hours + sign * float(amount.value) * HOURS[unit.value])


def holds(condition: Condition, value: float) -> bool:
    """Tell whether a number is what a condition wants; ``between`` wants neither of its ends."""
    wanted = [float(o.spelled) for o in condition.operands if isinstance(o, Number)]
    if condition.operator == "between":
        return (wanted[0] < value < wanted[1]) is not condition.negated
    if condition.operator == "in":
        return (value in wanted) is not condition.negated
    return _COMPARING[condition.operator](value, wanted[0])
