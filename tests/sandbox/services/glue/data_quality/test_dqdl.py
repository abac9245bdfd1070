"""Rulesets as they are read: what they say, and what is refused by name and line."""

from typing import Any

import pytest

from sandbox.services.glue.data_quality.parser import parse
from sandbox.services.glue.data_quality.rules import (
    Age,
    Composite,
    Condition,
    Missing,
    Now,
    Number,
    Rule,
    Text,
)
from sandbox.services.glue.data_quality.tokens import DqdlError


def one(rule):
    (found,) = parse(f"Rules = [ {rule} ]")
    return found


def test_a_rule_has_a_type_parameters_a_condition_a_filter_and_a_threshold():
    found = one('ColumnValues "a" in ["x", NULL] where "b > \\"1\\"" with threshold >= 0.9')
    assert found == Rule(
        kind="ColumnValues",
        parameters=("a",),
        condition=Condition("in", (Text("x"), Missing("NULL"))),
        where='b > "1"',
        threshold=Condition(">=", (Number("0.9"),)),
        spelled='ColumnValues "a" in ["x", NULL] where "b > \\"1\\"" with threshold >= 0.9',
        line=1,
    )


@pytest.mark.parametrize(
    ("spelled", "condition"),
    [
        ("= -3", Condition("=", (Number("-3"),))),
        ("!= 1.5", Condition("!=", (Number("1.5"),))),
        ("between 1 and 2", Condition("between", (Number("1"), Number("2")))),
        ("not between 1 and 2", Condition("between", (Number("1"), Number("2")), negated=True)),
        ("not in [1, 2]", Condition("in", (Number("1"), Number("2")), negated=True)),
        ('matches "[a-z\\d]+"', Condition("matches", (Text("[a-z\\d]+"),))),
        ("> (now() - 3 days)", Condition(">", (Now(-72.0),))),
        ('>= "2026-01-01"', Condition(">=", (Text("2026-01-01"),))),
        ("= whitespaces_only", Condition("=", (Missing("WHITESPACES_ONLY"),))),
    ],
)
def test_a_condition_is_read(spelled, condition):
    assert one(f'ColumnValues "a" {spelled}').condition == condition


def test_ages_are_hours():
    assert one('DataFreshness "a" between 2 days and 90 minutes').condition == Condition(
        "between", (Age(48.0), Age(1.5))
    )


def test_and_binds_tighter_than_or_and_parentheses_nest():
    found = one('(RowCount > 0) or (IsUnique "a") and ((IsComplete "a") or (IsComplete "b"))')
    assert isinstance(found, Composite)
    assert found.operator == "or"
    first, rest = found.parts
    assert isinstance(first, Rule)
    assert isinstance(rest, Composite)
    assert rest.operator == "and"
    inner: Any = rest.parts[1]
    assert [each.kind for each in inner.parts] == ["IsComplete"] * 2


def test_a_comment_is_no_rule():
    found: Any = parse('# rules\nRules = [ # one\n  IsComplete "a#b" , RowCount > 0 ]  # end')
    assert [(each.kind, each.line) for each in found] == [("IsComplete", 3), ("RowCount", 3)]


@pytest.mark.parametrize(
    ("ruleset", "line", "said"),
    [
        ("rules = [ RowCount > 0 ]", 1, "no constants (rules)"),
        ("Rules = [ ]", 1, "wanted a word"),
        ("Rules = [\n  Freshness > 1 ]", 2, "no rule type Freshness; it has RowCount, "),
        ('Rules = [\n\n RowCount "a" > 1 ]', 3, "RowCount takes 0 parameters, found 1"),
        ('Rules = [ IsComplete "a" "b" ]', 1, "IsComplete takes 1 parameters, found 2"),
        ("Rules = [ RowCount ]", 1, "wanted =, !=, >, >=, <, <=, between, in or matches"),
        ("Rules = [ RowCount > avg(last(3)) ]", 1, "no dynamic rules (avg)"),
        ("Rules = [ RowCount > 2 days ]", 1, "RowCount is held to no Age"),
        ('Rules = [ ColumnValues "a" in [1, "b"] ]', 1, "mixes numbers"),
        ('Rules = [ ColumnValues "a" not matches "b" ]', 1, "no 'not matches'"),
        ('Rules = [ IsComplete "a" with threshold > 0.5 ]', 1, "IsComplete takes no threshold"),
        ('Rules = [ ColumnDataType "a" = "DATE" with format = "x" ]', 1, "no 'format' behind with"),
        ('Rules = [ IsUnique "a" and IsComplete "a" ]', 1, "stands in ( )"),
        ('Rules = [ ColumnExists "a" where "b" ]', 1, "ColumnExists takes no where"),
        ("Analyzers = [ RowCount ]", 1, "no section Analyzers"),
        ("Rules = [ RowCount > 0 ]\nAnalyzers = [ RowCount ]", 2, "no section Analyzers"),
        ("Rules = [ RowCount > 0", 1, "wanted ], found 'the end'"),
        ("Rules = [ RowCount > ; ]", 1, "unexpected ';'"),
    ],
)
def test_what_is_not_carried_out_is_refused_with_its_line(ruleset, line, said):
    with pytest.raises(DqdlError) as caught:
        parse(ruleset)
    assert str(caught.value).startswith(f"line {line}: ")
    assert said in str(caught.value)
