"""Read a ruleset; whatever is not carried out here is refused by name, with its line."""

from typing import Literal

from sandbox.services.glue.data_quality.conditions import parse_condition
from sandbox.services.glue.data_quality.reader import Reader
from sandbox.services.glue.data_quality.rules import KINDS, AnyRule, Composite, Condition, Rule
from sandbox.services.glue.data_quality.tokens import DqdlError, Token

_SECTIONS = ("Metadata", "DataSources", "Analyzers", "Monitors", "DefaultLabels")


def parse(source: str) -> list[AnyRule]:
    """Read ``Rules = [ … ]``; raises DqdlError."""
    reader = Reader(source)
    first = reader.next
    if first.value in _SECTIONS:
        raise DqdlError(first.line, f"the sandbox reads no section {first.value}, only Rules")
    if first.value != "Rules" and first.kind == "word":
        raise DqdlError(first.line, f"the sandbox has no constants ({first.value}); wanted Rules")
    reader.want("Rules")
    reader.want("=")
    reader.want("[")
    found = [_any_of(reader)]
    while reader.takes(","):
        found.append(_any_of(reader))
    reader.want("]")
    if (rest := reader.next).kind != "end":
        raise DqdlError(rest.line, f"the sandbox reads no section {rest.value}, only Rules")
    return found


def _any_of(reader: Reader) -> AnyRule:
    return _joined(reader, "or")


def _joined(reader: Reader, operator: Literal["and", "or"]) -> AnyRule:
    """Read rules that are joined by an operator; ``and`` binds tighter than ``or``."""
    first = reader.next
    parts = [_part(reader, operator)]
    while reader.takes(operator, operator.upper()):
        if first.value != "(" or reader.next.value != "(":
            raise DqdlError(reader.next.line, f"each rule that {operator} joins stands in ( )")
        parts.append(_part(reader, operator))
    if len(parts) == 1:
        return parts[0]
    return Composite(operator, tuple(parts), reader.spelled(first))


def _part(reader: Reader, operator: str) -> AnyRule:
    if operator == "or":
        return _joined(reader, "and")
    if not reader.takes("("):
        return _rule(reader)
    inner = _any_of(reader)
    reader.want(")")
    return inner


def _rule(reader: Reader) -> Rule:
    first = reader.want_kind("word")
    kind = KINDS.get(first.value)
    if kind is None:
        allowed = ", ".join(KINDS)
        raise DqdlError(first.line, f"the sandbox has no rule type {first.value}; it has {allowed}")
    parameters = _parameters(reader)
    most = len(parameters) if kind.most is None else kind.most
    if not kind.fewest <= len(parameters) <= most:
        wanted = f"{kind.fewest} or more" if kind.most is None else str(kind.most)
        raise DqdlError(
            first.line, f"{first.value} takes {wanted} parameters, found {len(parameters)}"
        )
    condition = _condition(reader, first)
    where = None
    if reader.takes("where"):
        if not kind.where:
            raise DqdlError(first.line, f"{first.value} takes no where")
        where = reader.want_kind("text").value
    return Rule(
        kind=first.value,
        parameters=parameters,
        condition=condition,
        where=where,
        threshold=_threshold(reader, first),
        spelled=reader.spelled(first),
        line=first.line,
    )


def _parameters(reader: Reader) -> tuple[str, ...]:
    found = []
    while reader.next.kind == "text":
        found.append(reader.take().value)
    return tuple(found)


def _condition(reader: Reader, rule: Token) -> Condition | None:
    kind = KINDS[rule.value]
    if not kind.takes:
        return None
    condition = parse_condition(reader)
    if wrong := [type(o).__name__ for o in condition.operands if type(o) not in kind.takes]:
        raise DqdlError(rule.line, f"{rule.value} is held to no {wrong[0]}")
    return condition


def _threshold(reader: Reader, rule: Token) -> Condition | None:
    if not reader.takes("with"):
        return None
    tag = reader.want_kind("word")
    if tag.value != "threshold":
        raise DqdlError(tag.line, f"the sandbox has no {tag.value!r} behind with, only threshold")
    if not KINDS[rule.value].by_row:
        allowed = ", ".join(name for name, kind in KINDS.items() if kind.by_row)
        raise DqdlError(rule.line, f"{rule.value} takes no threshold; it is for {allowed}")
    return parse_condition(reader)
