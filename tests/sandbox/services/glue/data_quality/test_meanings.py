"""What rules mean, by example: missing values, no rows, and what AWS says when one fails."""

import datetime as dt

import pytest

COLUMNS = {"n": "BIGINT", "t": "VARCHAR", "at": "TIMESTAMP", "good": "BOOLEAN"}
FRESH, STALE = dt.datetime(2026, 11, 29, 11), dt.datetime(2026, 11, 1)
ROWS = [
    (1, "a", FRESH, True),
    (2, "b", STALE, False),
    (2, None, None, True),
    (None, "", FRESH, None),
]


@pytest.fixture
def result(judge):
    return lambda rule, rows=ROWS: judge(COLUMNS, rows, rule)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("RowCount = 4", "PASS"),
        ('RowCount = 2 where "good"', "PASS"),
        ("RowCount between 3 and 5", "PASS"),
        ("RowCount between 4 and 5", "FAIL"),  # neither of its ends
        ("RowCount not between 4 and 5", "PASS"),
        ("ColumnCount = 4", "PASS"),
        ('ColumnExists "T"', "PASS"),
        ('ColumnExists "x"', "FAIL"),
        ('IsComplete "n"', "FAIL"),
        ('IsComplete "n" where "t is not null and t <> \'\'"', "PASS"),
        ('Completeness "n" = 0.75', "PASS"),
        ('IsUnique "t"', "PASS"),  # a missing value is no value
        ('IsUnique "n"', "FAIL"),
        ('Uniqueness "n" between 0.33 and 0.34', "PASS"),  # of 1, 2, 2
        ('UniqueValueRatio "n" = 0.5', "PASS"),
        ('DistinctValuesCount "n" = 3', "PASS"),  # in a histogram it is one
        ('IsPrimaryKey "n"', "FAIL"),
        ('Uniqueness "n" "t" = 1.0', "PASS"),
        ('IsPrimaryKey "n" "t"', "FAIL"),
        ('ColumnValues "n" > 0', "FAIL"),  # for the missing one
        ('(ColumnValues "n" > 0) or (ColumnValues "n" = NULL)', "FAIL"),  # of the whole column
        ('ColumnValues "n" > 0 where "n is not null"', "PASS"),
        ('ColumnValues "n" != 3', "PASS"),
        ('ColumnValues "n" not in [3, NULL]', "FAIL"),
        ('ColumnValues "n" in [1, 2, NULL]', "PASS"),
        ('ColumnValues "t" in ["a", "b", NULL, EMPTY]', "PASS"),
        ('ColumnValues "t" in ["a", "b"] with threshold >= 0.5', "PASS"),
        ('ColumnValues "t" matches "[ab]?" with threshold > 0.5', "FAIL"),  # empty: no match
        ('ColumnValues "at" >= "2026-11-29" with threshold = 0.5', "PASS"),
        ('ColumnValues "at" > (now() - 2 days) where "n = 1"', "PASS"),
        ('ColumnLength "t" < 2', "PASS"),  # a missing text is of length 0
        ('ColumnLength "t" > 0', "FAIL"),
        ('ColumnDataType "t" = "Integer"', "FAIL"),
        ('ColumnDataType "n" = "Long" with threshold > 0.7', "PASS"),
        ('Mean "n" between 1.6 and 1.7', "PASS"),
        ('Sum "n" = 5', "PASS"),
        ('StandardDeviation "n" between 0.47 and 0.48', "PASS"),  # of the population
        ('Sum "t" > 1', "FAIL"),
        ('DataFreshness "at" <= 2 hours', "FAIL"),
        ('DataFreshness "at" <= 2 hours where "n = 1"', "PASS"),
        ('CustomSql "select avg(case when good then 1.0 else 0.0 end) from primary" = 0.5', "PASS"),
        ('CustomSql "select datediff(current_date(), max(at)) from primary" = 0', "PASS"),
        ('CustomSql "select count(*) from other" > 0', "FAIL"),
        ('CustomSql "select nosuch from primary" > 0', "ERROR"),
        ('ColumnValues "t" > 1', "ERROR"),
        ('(RowCount > 0) or (ColumnValues "t" > 1)', "ERROR"),  # what is not judged is no pass
        ("(RowCount > 9) or (ColumnCount = 4)", "PASS"),
        ("(RowCount > 9) and (ColumnCount = 4)", "FAIL"),
    ],
)
def test_a_rule_means_what_aws_says(result, rule, expected):
    found = result(rule)
    assert (found.result, found.message) == (expected, found.message)
    assert (found.message is None) is (expected == "PASS")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("RowCount > 0", "FAIL"),
        ("RowCount = 0", "PASS"),
        ('IsComplete "n"', "FAIL"),
        ('IsUnique "n"', "FAIL"),
        ('IsPrimaryKey "n"', "FAIL"),
        ('ColumnValues "n" in [1]', "FAIL"),
        ('ColumnValues "n" > 0', "FAIL"),
        ('ColumnLength "t" < 2', "FAIL"),
        ('Mean "n" > 0', "FAIL"),
        ('DistinctValuesCount "n" = 0', "PASS"),
        # Of these AWS's own code says that there is nothing to object to.
        ('ColumnDataType "n" = "Long"', "PASS"),
        ('DataFreshness "at" <= 2 hours', "PASS"),
    ],
)
def test_of_no_rows_there_is_no_share(result, rule, expected):
    assert result(rule, rows=[]).result == expected


@pytest.mark.parametrize(
    ("rule", "message", "metrics"),
    [
        (
            "RowCount > 4",
            "Value: 4.0 does not meet the constraint requirement!",
            {"Dataset.*.RowCount": 4.0},
        ),
        (
            'ColumnValues "n" >= 0',
            "Value: NULL does not meet the constraint requirement!",
            {"Column.n.Minimum": 1.0},
        ),
        (
            'DataFreshness "at" < 1 days',
            "50.00 % of rows passed the threshold",
            {"Column.at.DataFreshness.Compliance": 0.5},
        ),
        ('IsComplete "x"', "Input data does not include column x!", {}),
        ('RowCount > 0 where "n >"', "The provided where clause is invalid", {}),
    ],
)
def test_a_rule_that_fails_says_why_and_what_it_measured(result, rule, message, metrics):
    found = result(rule)
    assert (found.result, found.message, found.metrics) == ("FAIL", message, metrics)
