"""What Athena refuses is refused, in its words; what we cannot answer exactly is named."""

import pytest

from sandbox.services.athena.engine.functions import catalogue

REFUSALS = {
    "SELECT 'a' = 5": "Cannot apply operator: varchar = integer",
    "SELECT DATE '2024-01-01' = '2024-01-01'": "Cannot apply operator: date = varchar",
    "SELECT 1 + 'a'": "Cannot apply operator: integer + varchar",
    "SELECT x || 1 FROM (VALUES 'a') t(x)": (
        "Unexpected parameters (varchar, integer) for function concat"
    ),
    "SELECT x IN (1, 'a') FROM (VALUES 1) t(x)": (
        "IN value and list items must be the same type: integer, varchar"
    ),
    "SELECT sum('a')": "Unexpected parameters (varchar) for function sum. Expected: sum(bigint)",
    "SELECT length(5)": "Unexpected parameters (integer) for function length",
    "SELECT 1 UNION ALL SELECT 'a'": (
        "column 1 in UNION query has incompatible types: integer, varchar"
    ),
    "SELECT 1 UNION ALL SELECT 1, 2": "UNION query has different number of fields: 1, 2",
    "SELECT CASE WHEN true THEN 1 ELSE 'a' END": "All CASE results must be the same type",
    "SELECT coalesce(1, 'a')": "Unexpected parameters (integer, varchar) for function coalesce",
    "SELECT ARRAY[1, 'a']": "All ARRAY elements must be the same type",
    "SELECT 1 FROM (VALUES 1) t(x) WHERE x": (
        "WHERE clause must evaluate to a boolean: actual type integer"
    ),
    "SELECT x BETWEEN 1 AND 'b' FROM (VALUES 1) t(x)": (
        "Cannot check if integer is BETWEEN integer and varchar"
    ),
    "SELECT CAST(DATE '2024-01-01' AS integer)": "Cannot cast date to integer",
    "SELECT CAST(1 AS nothing)": "mismatched input 'nothing'",
    "SELECT y FROM (VALUES 1) t(x)": "COLUMN_NOT_FOUND: line 1:8: Column 'y' cannot be resolved",
    "SELECT x AS y FROM (VALUES 1) t(x) WHERE y = 1": (
        "COLUMN_NOT_FOUND: line 1:42: Column 'y' cannot be resolved"
    ),
    "SELECT x FROM (VALUES 1) t(x), (VALUES 1) u(x)": (
        "AMBIGUOUS_NAME: line 1:8: Column 'x' is ambiguous"
    ),
    "SELECT x, count(*) FROM (VALUES 1) t(x)": "EXPRESSION_NOT_AGGREGATE",
    "SELECT 1 FROM (VALUES 1) t(x) WHERE count(*) > 1": "EXPRESSION_NOT_SCALAR",
    "SELECT row_number()": "Window function row_number requires an OVER clause",
    "SELECT * FROM nope": (
        "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.shop.nope' does not exist"
    ),
    "SELECT * FROM nope.t": "SCHEMA_NOT_FOUND: line 1:",
    "SELECT *": "SELECT * not allowed in queries without FROM clause",
    "SELECT strptime('a', 'b')": "FUNCTION_NOT_FOUND: line 1:8: Function 'strptime' not registered",
    "SELECT list_sum(ARRAY[1])": "Function 'list_sum' not registered",
    "SELECT printf('%d', 1)": "Function 'printf' not registered",
    "SELECT epoch_ms(1)": "Function 'epoch_ms' not registered",
    "SELECT t_url_decode('a')": "Function 't_url_decode' not registered",
    "SELECT soundex('a')": "the sandbox's Athena does not carry the function soundex yet",
    "SELECT 1 WHERE 'a' ILIKE 'A'": "does not carry the expression ILIKE yet",
    "SELECT x FROM (VALUES 1) t(x) NATURAL JOIN (VALUES 1) u(x)": "does not carry NATURAL JOIN yet",
    "SELECT from_iso8601_timestamp('2024-01-01T00:00:00+02:00')": (
        "does not carry from_iso8601_timestamp in +02:00 yet"
    ),
    "SELECT hour(at_timezone(now(), z)) FROM (VALUES 'UTC') t(z)": (
        "does not carry an instant whose time zone"
    ),
    "SELECT 1 / 0": "DIVISION_BY_ZERO: Division by zero",
    "SELECT x / 0 FROM (VALUES 1) t(x)": "DIVISION_BY_ZERO: Division by zero",
    "SELECT CAST('abc' AS integer)": "INVALID_CAST_ARGUMENT: Cannot cast 'abc' to INTEGER",
    "SELECT CAST('2024-01-32' AS date)": (
        "INVALID_CAST_ARGUMENT: Value cannot be cast to date: 2024-01-32"
    ),
    "SELECT 2147483647 + 1": "NUMERIC_VALUE_OUT_OF_RANGE",
    "SELECT ARRAY[1, 2][3]": "Array subscript must be less than or equal to array length: 3 > 2",
    "SELECT MAP(ARRAY['a'], ARRAY[1])['b']": "Key not present in map: b",
    "SELECT date_trunc('eon', now())": (
        "INVALID_FUNCTION_ARGUMENT: 'eon' is not a valid Timestamp field"
    ),
    "SELECT (SELECT x FROM (VALUES 1, 2) t(x))": "Scalar sub-query has returned multiple rows",
    "SELECT regexp_like('a', '(')": "invalid regular expression",
    "SELEC 1": "line 1:7: mismatched input '1'",
    "SELECT a FROM `t`": "mismatched input '`'",
    "SELECT 1::varchar": "mismatched input '::'",
    "SELECT 1 == 1": "mismatched input '=='",
    "SELECT * EXCLUDE (x) FROM (VALUES 1) t(x)": "mismatched input",
    "SELECT 1; SELECT 2": "Only one sql statement is allowed",
    "SELECT 1 WHERE 1 = ?": "Incorrect number of parameters: expected 1 but found 0",
    "DELETE FROM t": "Modifying Hive table rows is not supported",
}  # fmt: skip


@pytest.mark.parametrize("query", REFUSALS)
def test_a_mistake_is_refused_in_athenas_words(refusal, query):
    assert REFUSALS[query] in refusal(query)


def test_a_partition_column_of_text_is_not_compared_with_a_number(shelf, refusal):
    shelf.add("visits", {"n": "string"}, keys={"day": "string"})
    assert "Cannot apply operator: varchar = integer" in refusal(
        "SELECT * FROM visits WHERE day = 5"
    )
    assert "varchar = date" in refusal("SELECT * FROM visits WHERE day = DATE '2026-01-01'")


def test_every_line_of_the_catalogue_is_understood():
    overloads, missing = catalogue()
    assert len(overloads) > 200
    assert not missing & set(overloads)
