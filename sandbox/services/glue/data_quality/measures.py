"""What each type of rule measures of a table or of a column, and what it makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.services.glue.data_quality.conditions import holds
from sandbox.services.glue.data_quality.rules import Condition, Number, Rule
from sandbox.services.glue.data_quality.tables import NUMBERS, CannotHoldError, Table

# https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types.html says what they mean, and where
# it is silent AWS's open implementation, https://github.com/awslabs/deequ: what is NULL is no
# value, and of nothing there is no share, so that a rule about one fails.
Result = Literal["PASS", "FAIL", "ERROR"]
EMPTY = "Empty state for {kind}: there are no rows, or no values in them."
ALL = Condition("=", (Number("1"),))


@dataclass(frozen=True)
class Outcome:
    """What became of a rule."""

    result: Result
    message: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


def held(rule: Rule, value: Any, metric: str) -> Outcome:
    """Hold a number to a rule's condition, or to one; None is that of no rows."""
    if value is None:
        return Outcome("FAIL", EMPTY.format(kind=rule.kind))
    number = float(value)
    if holds(rule.condition or ALL, number):
        return Outcome("PASS", None, {metric: number})
    return Outcome("FAIL", missed(number), {metric: number})


def missed(value: Any) -> str:
    """Say what a value is not, as AWS says it."""
    return f"Value: {value} does not meet the constraint requirement!"


def _row_count(table: Table, rule: Rule) -> Outcome:
    return held(rule, table.one("count(*)", table.rows(rule.where))[0], "Dataset.*.RowCount")


def _column_count(table: Table, rule: Rule) -> Outcome:
    return held(rule, len(table.types), "Dataset.*.ColumnCount")


def _column_exists(table: Table, rule: Rule) -> Outcome:
    table.column(rule.parameters[0])
    return Outcome("PASS")


def _complete(table: Table, rule: Rule, name: str) -> Outcome:
    share = f"count({table.column(name)}) / nullif(count(*), 0)"
    value = table.one(share, table.rows(rule.where))[0]
    return held(rule, value, f"Column.{name}.Completeness")


def _completeness(table: Table, rule: Rule) -> Outcome:
    return _complete(table, rule, rule.parameters[0])


def _of_groups(select: str, called: str) -> Callable[[Table, Rule], Outcome]:
    """Measure how often values occur, or combinations of them of which one at least is there."""

    def measure(table: Table, rule: Rule) -> Outcome:
        columns = [table.column(name) for name in rule.parameters]
        some = " OR ".join(f"{column} IS NOT NULL" for column in columns)
        groups = (
            f"(SELECT count(*) AS n FROM {table.rows(rule.where)} "  # noqa: S608 (checked names)
            f"WHERE {some} GROUP BY {', '.join(columns)})"
        )
        kind = "Column" if len(columns) == 1 else "Multicolumn"
        metric = f"{kind}.{','.join(rule.parameters)}.{called}"
        return held(rule, table.one(select, groups)[0], metric)

    return measure


# A unique value occurs exactly once.
_uniqueness = _of_groups("count(*) FILTER (n = 1) / sum(n)", "Uniqueness")
_unique_value_ratio = _of_groups(
    "count(*) FILTER (n = 1) / nullif(count(*), 0)", "UniqueValueRatio"
)


def _primary_key(table: Table, rule: Rule) -> Outcome:
    found = [_uniqueness(table, rule), *(_complete(table, rule, n) for n in rule.parameters)]
    return together("and", found)


def _distinct_values(table: Table, rule: Rule) -> Outcome:
    (name,) = rule.parameters
    column = table.column(name)  # in a histogram NULL is a value, too
    count = f"count(DISTINCT {column}) + coalesce(max(({column} IS NULL)::int), 0)"
    value = table.one(count, table.rows(rule.where))[0]
    return held(rule, value, f"Column.{name}.DistinctValuesCount")


def _statistic(function: str, called: str) -> Callable[[Table, Rule], Outcome]:
    def measure(table: Table, rule: Rule) -> Outcome:
        (name,) = rule.parameters
        column = table.column(name)
        if table.type_of(name) not in NUMBERS:
            raise CannotHoldError(f"{rule.kind} wants a number; {name} is {table.type_of(name)}")
        value = table.one(f"{function}({column}::double)", table.rows(rule.where))[0]
        return held(rule, value, f"Column.{name}.{called}")

    return measure


def _custom_sql(table: Table, rule: Rule) -> Outcome:
    return held(rule, table.scalar(rule.parameters[0]), "Dataset.*.CustomSQL")


def together(operator: str, found: list[Outcome]) -> Outcome:
    """Join outcomes; what could not be judged is not outvoted."""
    results = {each.result for each in found}
    good = results == {"PASS"} if operator == "and" else "PASS" in results
    messages = [each.message for each in found if each.message]
    metrics = {name: value for each in found for name, value in each.metrics.items()}
    result: Result = "ERROR" if "ERROR" in results else "PASS" if good else "FAIL"
    return Outcome(result, "\n".join(messages) if result != "PASS" else None, metrics)


MEASURES: dict[str, Callable[[Table, Rule], Outcome]] = {
    "RowCount": _row_count,
    "ColumnCount": _column_count,
    "ColumnExists": _column_exists,
    "IsComplete": _completeness,
    "Completeness": _completeness,
    "IsUnique": _uniqueness,
    "IsPrimaryKey": _primary_key,
    "Uniqueness": _uniqueness,
    "UniqueValueRatio": _unique_value_ratio,
    "DistinctValuesCount": _distinct_values,
    "Mean": _statistic("avg", "Mean"),
    "Sum": _statistic("sum", "Sum"),
    "StandardDeviation": _statistic("stddev_pop", "StandardDeviation"),
    "CustomSql": _custom_sql,
}
