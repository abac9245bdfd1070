"""The evaluator against plain Python, which reads the same rules' meanings off the same rows."""

import math
import re
import statistics
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

COLUMNS = {"n": "BIGINT", "t": "VARCHAR"}
NUMBERS = some.none() | some.integers(-3, 5)
TEXTS = some.none() | some.sampled_from(["", " ", "a", "ab", "b c"])
TABLES = some.lists(some.tuples(NUMBERS, TEXTS), max_size=7)
BOUNDS = some.integers(-4, 6)
OPERATORS = {
    "=": lambda value, bound: value == bound,
    "!=": lambda value, bound: value != bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}
FEW = settings(max_examples=30, deadline=None)


def verdict(value, holds):
    return "FAIL" if value is None else "PASS" if holds(value) else "FAIL"


def share(found, of):
    return len(found) / len(of) if of else None


def completeness(values):
    return share([v for v in values if v is not None], values)


def uniqueness(values):
    there = [v for v in values if any(part is not None for part in v)]
    return share([v for v, times in Counter(there).items() if times == 1], there)


def unique_value_ratio(values):
    times = Counter(v for v in values if v is not None)
    return share([v for v, n in times.items() if n == 1], times)


def population_deviation(values):
    return statistics.pstdev(values) if values else None


MEASURES = {
    "RowCount": lambda rows: len(rows),
    'Completeness "n"': lambda rows: completeness([n for n, _ in rows]),
    'Completeness "t"': lambda rows: completeness([t for _, t in rows]),
    'Uniqueness "n"': lambda rows: uniqueness([(n,) for n, _ in rows]),
    'Uniqueness "n" "t"': uniqueness,
    'UniqueValueRatio "t"': lambda rows: unique_value_ratio([t for _, t in rows]),
    'DistinctValuesCount "t"': lambda rows: len({t for _, t in rows}),
    'Mean "n"': lambda rows: share_of_sum([n for n, _ in rows if n is not None]),
    'Sum "n"': lambda rows: sum_of([n for n, _ in rows if n is not None]),
    'StandardDeviation "n"': lambda rows: population_deviation(
        [n for n, _ in rows if n is not None]
    ),
}


def sum_of(values):
    return sum(values) if values else None


def share_of_sum(values):
    return sum(values) / len(values) if values else None


@pytest.mark.parametrize("measure", MEASURES)
@FEW
@given(rows=TABLES, operator=some.sampled_from(sorted(OPERATORS)), bound=BOUNDS)
def test_a_measure_is_held_to_its_condition(judge, measure, rows, operator, bound):
    value = MEASURES[measure](rows)
    assume(value is None or value == bound or not math.isclose(value, bound))
    found = judge(COLUMNS, rows, f"{measure} {operator} {bound}")
    assert found.result == verdict(value, lambda v: OPERATORS[operator](v, bound))
    if value is not None:
        (measured,) = found.metrics.values()
        assert math.isclose(measured, value)


@FEW
@given(rows=TABLES, operator=some.sampled_from(sorted(OPERATORS)), bound=BOUNDS)
def test_each_value_is_compared_and_a_missing_one_only_differs(judge, rows, operator, bound):
    def complies(n):
        return operator == "!=" if n is None else OPERATORS[operator](n, bound)

    values = [n for n, _ in rows]
    expected = "PASS" if values and all(map(complies, values)) else "FAIL"
    assert judge(COLUMNS, rows, f'ColumnValues "n" {operator} {bound}').result == expected


@FEW
@given(
    rows=TABLES,
    listed=some.lists(some.sampled_from(["a", "ab", "x"]), min_size=1, max_size=3),
    nothings=some.sets(some.sampled_from(["NULL", "EMPTY", "WHITESPACES_ONLY"])),
    percent=some.integers(0, 100),
)
def test_a_list_may_name_nothings_and_a_threshold_wants_a_share(
    judge, rows, listed, nothings, percent
):
    def complies(t):
        if t is None:
            return "NULL" in nothings
        blank = t != "" and t.strip(" ") == ""
        return (
            t in listed
            or (t == "" and "EMPTY" in nothings)
            or (blank and "WHITESPACES_ONLY" in nothings)
        )

    operands = ", ".join([*(f'"{each}"' for each in listed), *sorted(nothings)])
    rule = f'ColumnValues "t" in [{operands}] with threshold >= {percent / 100}'
    good = share([t for _, t in rows if complies(t)], rows)
    assert judge(COLUMNS, rows, rule).result == verdict(good, lambda v: v >= percent / 100)


@FEW
@given(rows=TABLES, low=BOUNDS, high=BOUNDS, negated=some.booleans())
def test_between_means_neither_of_its_ends(judge, rows, low, high, negated):
    def complies(n):
        return n is not None and ((n <= low or n >= high) if negated else low < n < high)

    rule = f'ColumnValues "n" {"not " if negated else ""}between {low} and {high}'
    good = [complies(n) for n, _ in rows]
    assert judge(COLUMNS, rows, rule).result == ("PASS" if good and all(good) else "FAIL")


@FEW
@given(rows=TABLES, pattern=some.sampled_from(["a.*", "[a-c ]+", "", "b"]))
def test_a_pattern_is_of_the_whole_text_and_an_empty_one_has_none(judge, rows, pattern):
    good = [bool(t) and re.fullmatch(pattern, t) is not None for _, t in rows]
    found = judge(COLUMNS, rows, f'ColumnValues "t" matches "{pattern}"')
    assert found.result == ("PASS" if good and all(good) else "FAIL")


@FEW
@given(rows=TABLES, bound=BOUNDS)
def test_a_filter_leaves_rows_out_before_anything_is_measured(judge, rows, bound):
    kept = [row for row in rows if row[0] is not None and row[0] > bound]
    for rule in ("RowCount > 1", 'IsComplete "t"', 'IsUnique "t"', 'ColumnLength "t" < 2'):
        filtered = judge(COLUMNS, rows, f'{rule} where "n > {bound}"')
        assert filtered == judge(COLUMNS, kept, rule)


@FEW
@given(rows=TABLES, bounds=some.lists(BOUNDS, min_size=2, max_size=3))
def test_joined_rules_are_joined_outcomes(judge, rows, bounds):
    rules = [f"RowCount > {bound}" for bound in bounds]
    found = [judge(COLUMNS, rows, rule).result == "PASS" for rule in rules]
    for operator, joined in (("and", all(found)), ("or", any(found))):
        rule = f" {operator} ".join(f"({each})" for each in rules)
        assert judge(COLUMNS, rows, rule).result == ("PASS" if joined else "FAIL")
