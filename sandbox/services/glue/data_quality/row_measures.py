"""The types of rules that look at each row: how many comply."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from sandbox.services.glue.data_quality.conditions import holds
from sandbox.services.glue.data_quality.measures import ALL, EMPTY, Outcome, missed
from sandbox.services.glue.data_quality.predicates import is_of_dates, predicate
from sandbox.services.glue.data_quality.rules import Condition, Rule, Text
from sandbox.services.glue.data_quality.tables import NUMBERS, CannotHoldError, Table

_ORDERED = {">": "min", ">=": "min", "<": "max", "<=": "max"}
_MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
# What a type may be called, the types of columns that are of it, and what a text of it looks like
# to Spark's cast.
_OF_TYPE = {
    "BOOLEAN": (("BOOLEAN",), r"(?i)\s*(t|true|y|yes|1|f|false|n|no|0)\s*"),
    "DATE": (_MOMENTS, r"\s*\d{4}-\d{1,2}-\d{1,2}([T ].*)?\s*"),
    "TIMESTAMP": (_MOMENTS, r"\s*\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{1,2}(:\d{1,2}.*)?)?\s*"),
    **dict.fromkeys(("INTEGER", "LONG"), (NUMBERS, r"\s*[+-]?\d+(\.\d*)?\s*")),
    **dict.fromkeys(("DOUBLE", "FLOAT"), (NUMBERS, r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")),
}
_ENGINES = {"LONG": "BIGINT", "DATE": "TIMESTAMP"}


def _shares(table: Table, rule: Rule, good: str) -> tuple[int, int]:
    """Count the rows, and those that comply."""
    select = f"count(*), count(*) FILTER ({good})"
    rows, complying = table.one(select, table.rows(rule.where))
    return int(rows), int(complying)


def _column_values(table: Table, rule: Rule) -> Outcome:
    (name,), condition = rule.parameters, _given(rule)
    column = table.column(name)
    rows, good = _shares(table, rule, predicate(condition, column, table.now))
    if not rows:
        return _of_no_rows(rule, passes=is_of_dates(condition))
    extreme = _ORDERED.get(condition.operator)
    if extreme is None or rule.threshold or is_of_dates(condition):
        called = "PatternMatch" if condition.operator == "matches" else "ColumnValues.Compliance"
        return _complying(rule, rows, good, f"Column.{name}.{called}")
    values = table.one(f"{extreme}({column}), count({column})", table.rows(rule.where))
    return _of_extreme(rule, rows, good, f"Column.{name}.{extreme.capitalize()}imum", values)


def _of_extreme(rule: Rule, rows: int, good: int, metric: str, values: tuple[Any, ...]) -> Outcome:
    found, there = values
    if found is None:
        return _of_no_rows(rule, passes=False)
    metrics = {metric: float(found)}
    if good == rows:
        return Outcome("PASS", None, metrics)
    return Outcome("FAIL", missed("NULL" if there < rows else float(found)), metrics)


def _column_length(table: Table, rule: Rule) -> Outcome:
    (name,), condition = rule.parameters, _given(rule)
    length = f"coalesce(length({table.column(name)}), 0)"  # a NULL is a text of length 0
    rows, good = _shares(table, rule, predicate(condition, length, table.now))
    if not rows:
        return _of_no_rows(rule, passes=False)
    shortest, longest = table.one(f"min({length}), max({length})", table.rows(rule.where))
    metrics = {
        f"Column.{name}.MinimumLength": float(shortest),
        f"Column.{name}.MaximumLength": float(longest),
    }
    if good == rows:
        return Outcome("PASS", None, metrics)
    wrong = shortest if condition.operator in (">", ">=") else longest
    return Outcome("FAIL", missed(float(wrong)), metrics)


def _column_data_type(table: Table, rule: Rule) -> Outcome:
    (name,), condition = rule.parameters, _given(rule)
    wanted = condition.operands[0]
    if condition.operator not in ("=", "!=") or not isinstance(wanted, Text):
        raise CannotHoldError("ColumnDataType wants = or !=, and the name of a type")
    fits = _fits(table, name, wanted.value.upper())
    rows, good = _shares(table, rule, fits if condition.operator == "=" else f"NOT ({fits})")
    if not rows:
        return _of_no_rows(rule, passes=True)
    return _complying(rule, rows, good, f"Column.{name}.ColumnDataType.Compliance")


def _fits(table: Table, name: str, wanted: str) -> str:
    """Write that Spark's cast gives something."""
    column, actual = table.column(name), table.type_of(name)
    if re.fullmatch(r"DECIMAL\(\d+, ?\d+\)", wanted) and actual in (*NUMBERS, "VARCHAR"):
        return f"TRY_CAST({column} AS {wanted}) IS NOT NULL"
    if wanted not in _OF_TYPE:
        raise CannotHoldError(f"Unrecognized data type: {wanted}")
    kinds, shape = _OF_TYPE[wanted]
    if actual in kinds:
        return f"{column} IS NOT NULL"
    if actual != "VARCHAR":
        raise CannotHoldError(f"the sandbox casts no {actual} to {wanted}")
    cast = f"TRY_CAST(trim({column}) AS {_ENGINES.get(wanted, wanted)}) IS NOT NULL"
    shaped = f"coalesce(regexp_full_match({column}, '{shape}'), false)"
    return f"({shaped} AND {cast})"


def _data_freshness(table: Table, rule: Rule) -> Outcome:
    (name,), condition = rule.parameters, _given(rule)
    moment = f"TRY_CAST({table.column(name)} AS TIMESTAMP)"
    then = table.now.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    seconds = f"date_diff('second', date_trunc('second', {moment}), TIMESTAMP '{then}')"
    rows, good = _shares(
        table, rule, predicate(condition, f"round({seconds} / 3600, 2)", table.now)
    )
    if not rows:
        return _of_no_rows(rule, passes=True)
    outcome = _complying(rule, rows, good, f"Column.{name}.DataFreshness.Compliance")
    message = f"{100 * good / rows:.2f} % of rows passed the threshold"
    return outcome if outcome.result == "PASS" else Outcome("FAIL", message, outcome.metrics)


def _given(rule: Rule) -> Condition:
    if rule.condition is None:
        raise CannotHoldError(f"{rule.kind} wants a condition")
    return rule.condition


def _complying(rule: Rule, rows: int, good: int, metric: str) -> Outcome:
    share = good / rows
    if holds(rule.threshold or ALL, share):
        return Outcome("PASS", None, {metric: share})
    return Outcome("FAIL", missed(share), {metric: share})


def _of_no_rows(rule: Rule, *, passes: bool) -> Outcome:
    """AWS passes some rules about no rows, and fails others."""
    if passes:
        return Outcome("PASS", "No rows matched the filter")
    return Outcome("FAIL", EMPTY.format(kind=rule.kind))


ROW_MEASURES: dict[str, Callable[[Table, Rule], Outcome]] = {
    "ColumnValues": _column_values,
    "ColumnLength": _column_length,
    "ColumnDataType": _column_data_type,
    "DataFreshness": _data_freshness,
}
