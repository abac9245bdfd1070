"""What a ruleset says: rules, how they are joined, and what their answers are held to."""

from dataclasses import dataclass
from typing import Literal

Operator = Literal["=", "!=", ">", ">=", "<", "<=", "between", "in", "matches"]
Keyword = Literal["NULL", "EMPTY", "WHITESPACES_ONLY"]
KEYWORDS: tuple[Keyword, ...] = ("NULL", "EMPTY", "WHITESPACES_ONLY")
HOURS = {"days": 24.0, "hours": 1.0, "minutes": 1 / 60}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was spelled."""

    spelled: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text."""

    value: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A word for a kind of nothing."""

    keyword: Keyword


@dataclass(frozen=True, slots=True)
class Age:
    """A length of time, in hours."""

    hours: float


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of the evaluation, and hours after it."""

    plus_hours: float = 0.0


Operand = Number | Text | Missing | Age | Now


@dataclass(frozen=True, slots=True)
class Condition:
    """What an answer is held to; ``between`` has two operands and means neither of them."""

    operator: Operator
    operands: tuple[Operand, ...]
    negated: bool = False  # of between and in


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as in ``Completeness "email" > 0.9 where "country = 'US'"``."""

    kind: str
    parameters: tuple[str, ...]
    condition: Condition | None
    where: str | None
    threshold: Condition | None  # of the share of rows that comply
    spelled: str
    line: int


@dataclass(frozen=True, slots=True)
class Composite:
    """Rules that are joined; each is evaluated for the whole table."""

    operator: Literal["and", "or"]
    parts: "tuple[AnyRule, ...]"
    spelled: str


AnyRule = Rule | Composite


@dataclass(frozen=True, slots=True)
class Kind:
    """What a type of rule takes: how many parameters, and which conditions."""

    fewest: int = 1
    most: int | None = 1
    takes: frozenset[type] = frozenset({Number})  # operands; none: it takes no condition
    by_row: bool = False  # it may be held to a threshold
    where: bool = True
    without: bool = False  # it has a meaning without a condition


_NUMBER, _NOTHING = frozenset({Number}), frozenset[type]()
# https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types.html
KINDS: dict[str, Kind] = {
    "RowCount": Kind(fewest=0, most=0),
    "ColumnCount": Kind(fewest=0, most=0, where=False),
    "ColumnExists": Kind(takes=_NOTHING, where=False),
    "IsComplete": Kind(takes=_NOTHING),
    "Completeness": Kind(),
    "IsUnique": Kind(takes=_NOTHING),
    "IsPrimaryKey": Kind(takes=_NOTHING, most=None),
    "Uniqueness": Kind(most=None),
    "UniqueValueRatio": Kind(),
    "DistinctValuesCount": Kind(),
    "ColumnValues": Kind(takes=frozenset({Number, Text, Missing, Now}), by_row=True),
    "ColumnLength": Kind(),
    "ColumnDataType": Kind(takes=frozenset({Text}), by_row=True),
    "DataFreshness": Kind(takes=frozenset({Age})),
    "Mean": Kind(),
    "Sum": Kind(),
    "StandardDeviation": Kind(),
    "CustomSql": Kind(where=False),
}
