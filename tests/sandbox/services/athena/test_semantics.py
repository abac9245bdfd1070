"""What Trino answers, by its documentation, where DuckDB or sqlglot alone would not."""

import pytest

from sandbox.services.athena.engine.statements import run

ANSWERS = {
    # numbers
    "7 / 2": "3",
    "-7 / 2": "-3",
    "-7 % 2": "-1",
    "mod(5.5, 2)": "1.5",
    "1.0 / 3": "0.3",
    "2.50 / 1.2": "2.08",
    "10 / 4.0": "2.5",
    "100.0 * 1 / 3": "33.3",
    "1E0 / 0": "Infinity",
    "try(1 / 0)": None,
    "round(2.5E0)": "3.0",
    "round(-2.5E0)": "-3.0",
    "round(2.345, 2)": "2.350",
    "truncate(1.9)": "1",
    "ln(0)": "-Infinity",
    "sqrt(-1)": "NaN",
    "cbrt(27)": "3.0",
    "log(2, 8)": "3.0",
    "width_bucket(5.3, 0.2, 10.6, 5)": "3",
    "width_bucket(3E0, ARRAY[1E0, 2E0, 4E0])": "2",
    "to_base(255, 16)": "ff",
    "bit_count(7, 64)": "3",
    "greatest(1, 2)": "2",
    "least(1, NULL)": None,
    # casts
    "CAST(2.5E0 AS integer)": "3",
    "CAST(-2.5E0 AS bigint)": "-3",
    "CAST(1E10 AS varchar)": "1.0E10",
    "CAST(1E-5 AS varchar)": "1.0E-5",
    "CAST(0.1E0 AS varchar)": "0.1",
    "CAST(CAST(0.1E0 AS real) AS varchar)": "0.1",
    "CAST(1.50 AS varchar)": "1.50",
    "CAST(true AS varchar)": "true",
    "CAST(TIMESTAMP '2024-01-01 00:00:00' AS varchar)": "2024-01-01 00:00:00.000",
    "CAST('2024-01-01 10:00:00.123' AS timestamp)": "2024-01-01 10:00:00.123",
    "CAST('abcdef' AS varchar(3))": "abc",
    "TRY_CAST('abc' AS integer)": None,
    "TRY_CAST('1e3' AS integer)": None,
    "TRY_CAST('1.5' AS integer)": None,
    "TRY_CAST(' 1' AS bigint)": None,
    "TRY_CAST('' AS double)": None,
    "TRY_CAST('1e3' AS double)": "1000.0",
    "TRY_CAST('yes' AS boolean)": None,
    "TRY_CAST('T' AS boolean)": "true",
    "TRY_CAST('2024-13-01' AS date)": None,
    "TRY_CAST('2024-01-01T10:00:00' AS timestamp)": None,
    "CAST(ARRAY['1', '2'] AS array(integer))": "[1, 2]",
    # dates
    "date_trunc('month', DATE '2024-01-31')": "2024-01-01",
    "date_add('day', 1, DATE '2024-01-31')": "2024-02-01",
    "DATE '2024-01-31' + INTERVAL '1' MONTH": "2024-02-29",
    "date_diff('day', TIMESTAMP '2024-01-01 23:00:00', TIMESTAMP '2024-01-02 01:00:00')": "0",
    "date_diff('month', DATE '2024-01-31', DATE '2024-02-29')": "1",
    "TIMESTAMP '2024-01-02 00:00:00' - TIMESTAMP '2024-01-01 12:00:00'": "0 12:00:00.000",
    "dow(DATE '2024-01-07')": "7",
    "day_of_week(DATE '2024-01-01')": "1",
    "EXTRACT(dow FROM DATE '2024-01-07')": "7",
    "year_of_week(DATE '2024-12-30')": "2025",
    "from_unixtime(0)": "1970-01-01 00:00:00.000 UTC",
    "from_iso8601_timestamp('2024-01-01T10:00:00Z')": "2024-01-01 10:00:00.000 UTC",
    "at_timezone(with_timezone(TIMESTAMP '2026-07-01 10:00:00', 'UTC'), 'Europe/Paris')": (
        "2026-07-01 12:00:00.000 Europe/Paris"
    ),
    "hour(at_timezone(with_timezone(TIMESTAMP '2026-07-01 10:00:00', 'UTC'), 'Europe/Paris'))": (
        "12"
    ),
    "CAST(at_timezone(with_timezone(TIMESTAMP '2026-01-01 23:30:00', "
    "'UTC'), 'Europe/Paris') AS date)": ("2026-01-02"),
    # Clocks went back an hour at 01:00 UTC: 02:00 occurred twice, and each is told from the other.
    "CAST(to_unixtime(date_trunc('hour', at_timezone(with_timezone("
    "TIMESTAMP '2025-10-26 00:30:00', 'UTC'), 'Europe/Paris'))) AS bigint)": "1761436800",
    "CAST(to_unixtime(date_trunc('hour', at_timezone(with_timezone("
    "TIMESTAMP '2025-10-26 01:30:00', 'UTC'), 'Europe/Paris'))) AS bigint)": "1761440400",
    "date_trunc('day', at_timezone(with_timezone(TIMESTAMP '2026-07-01 "
    "23:00:00', 'UTC'), 'Europe/Paris'))": ("2026-07-02 00:00:00.000 Europe/Paris"),
    "TIMESTAMP '2024-01-01 00:00:00' AT TIME ZONE 'America/New_York'": (
        "2023-12-31 19:00:00.000 America/New_York"
    ),
    "date_format(TIMESTAMP '2024-01-07 15:04:05', '%Y-%m-%d %H:%i:%s %W %b')": (
        "2024-01-07 15:04:05 Sunday Jan"
    ),
    "date_parse('2024/01/07 03', '%Y/%m/%d %h')": "2024-01-07 03:00:00.000",
    "sequence(DATE '2024-01-01', DATE '2024-01-03')": "[2024-01-01, 2024-01-02, 2024-01-03]",
    # text
    "url_decode('a+b%20c%2B%C3%A9')": "a b c+é",
    "url_encode('a b/é')": "a+b%2F%C3%A9",
    "concat('a', NULL, 'b')": None,
    "'a' || 'b'": "ab",
    "substr('hello', -3)": "llo",
    "substr('hello', 0)": "",
    "split('a,b', ',')": "[a, b]",
    "split_part('a,b', ',', 3)": None,
    "replace('ab', '', '-')": "-a-b-",
    "regexp_extract('abc', 'x')": None,
    r"regexp_extract('a1b22', '[a-z](\d+)', 1)": "1",
    "regexp_replace('abc', '(b)', '[$1]')": "a[b]c",
    "regexp_like('abc', '^b')": "false",
    "'a%b' LIKE 'a!%b' ESCAPE '!'": "true",
    "format('%05.2f|%s|%,d', 3.14159, 'x', 1234567)": "03.14|x|1,234,567",
    "to_hex(md5(to_utf8('a')))": "0CC175B9C0F1B6A831C399E269772661",
    "sha256(to_utf8('a')) = "
    "from_hex('CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB')": ("true"),
    "to_utf8('az')": "61 7a",
    "typeof(1)": "integer",
    # JSON
    """json_extract_scalar('{"a":{"b":1}}', '$.a')""": None,
    """json_extract_scalar('{"a":[1,2.50]}', '$.a[1]')""": "2.50",
    """json_extract('{"a":[1,2]}', '$.a')""": "[1,2]",
    """json_parse('{"b":1,"a":2}')""": '{"a":2,"b":1}',
    """CAST(json_parse('[1,2]') AS array(integer))""": "[1, 2]",
    # arrays and maps
    "slice(ARRAY[1, 2, 3, 4], 2, 2)": "[2, 3]",
    "slice(ARRAY[1, 2, 3], -2, 2)": "[2, 3]",
    "cardinality(MAP(ARRAY['a'], ARRAY[1]))": "1",
    "element_at(ARRAY[1, 2], 5)": None,
    "element_at(MAP(ARRAY['a'], ARRAY[1]), 'b')": None,
    "MAP(ARRAY['a', 'b'], ARRAY[1, 2])": "{a=1, b=2}",
    "contains(ARRAY[1, NULL], 2)": None,
    "any_match(ARRAY[1, NULL], x -> x > 1)": None,
    "all_match(ARRAY[1, 2], x -> x > 0)": "true",
    "reduce(ARRAY[1, 2, 3], 0, (s, x) -> s + x, s -> s * 2)": "12",
    "transform(ARRAY[1, 2], x -> x + 1)": "[2, 3]",
    "map_filter(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> v > 1)": "{b=2}",
    "transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> v + 1)": "{a=2}",
    "array_join(ARRAY[1, NULL, 2], ',')": "1,2",
    "array_max(ARRAY[1, NULL])": None,
    "array_sort(ARRAY[3, NULL, 1])": "[1, 3, null]",
    "CAST(ROW(1, 'a') AS ROW(x integer, y varchar))": "{x=1, y=a}",
}


@pytest.mark.parametrize("expression", ANSWERS)
def test_an_expression_has_trinos_value(ask, expression):
    assert ask(f"SELECT {expression}") == [[ANSWERS[expression]]]


TABLES = {
    "SELECT sum(x), count(*), avg(x), min(x) FROM (VALUES 1, 2, 4) t(x)": [
        ["7", "3", "2.3333333333333335", "1"]
    ],
    "SELECT avg(x), sum(x) FROM (VALUES 1.25, 2.50, 0.01) t(x)": [["1.25", "3.76"]],
    "SELECT count_if(x > 1), approx_distinct(x), max_by(x, -x) FROM (VALUES 1, 2, 2) t(x)": [
        ["2", "2", "1"]
    ],
    "SELECT approx_percentile(x, 0.5), approx_percentile(x, ARRAY[0.1, "
    "0.9]) FROM (VALUES 1, 2, 3) t(x)": [["2", "[1, 3]"]],
    "SELECT histogram(x), map_agg(x, 1), array_agg(x ORDER BY x) FROM "
    "(VALUES 'b', 'a', 'b') t(x)": [["{b=2, a=1}", "{b=1, a=1}", "[a, b, b]"]],
    "SELECT listagg(x, ',') WITHIN GROUP (ORDER BY x DESC) FROM (VALUES 'a', 'b') t(x)": [["b,a"]],
    "SELECT multimap_agg(k, v) FROM (VALUES ('a', 1), ('a', 2)) t(k, v)": [["{a=[1, 2]}"]],
    "SELECT k, v FROM UNNEST(MAP(ARRAY['a', 'b'], ARRAY[1, 2])) t(k, v) ORDER BY k": [
        ["a", "1"],
        ["b", "2"],
    ],
    "SELECT a, b, n FROM UNNEST(ARRAY[1, 2], ARRAY['x']) WITH ORDINALITY t(a, b, n) ORDER BY n": [
        ["1", "x", "1"],
        ["2", None, "2"],
    ],
    "SELECT s, n FROM (VALUES ('a', ARRAY[1, 2])) t(s, l) CROSS JOIN UNNEST(l) u(n) ORDER BY n": [
        ["a", "1"],
        ["a", "2"],
    ],
    "SELECT a, b, grouping(a, b), sum(c) FROM (VALUES ('x', 'y', 1), ('x', 'z', 2)) t(a, b, c) "
    "GROUP BY GROUPING SETS ((a, b), (a), ()) ORDER BY 3, 2": [
        ["x", "y", "0", "1"],
        ["x", "z", "0", "2"],
        ["x", None, "1", "3"],
        [None, None, "3", "3"],
    ],
    "SELECT rank() OVER (PARTITION BY a ORDER BY b), row_number() OVER (ORDER BY b DESC), "
    "sum(b) OVER (ORDER BY b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), "
    "sum(b) FILTER (WHERE b > 1) OVER () FROM (VALUES ('x', 1), ('x', 2)) t(a, b) ORDER BY 1": [
        ["1", "2", None, "2"],
        ["2", "1", "1", "2"],
    ],
    "SELECT lag(x) IGNORE NULLS OVER (ORDER BY y) FROM (VALUES (1, 1), "
    "(NULL, 2), (3, 3)) t(x, y) ORDER BY y": [
        [None],
        ["1"],
        ["1"],
    ],
    "SELECT a, sum(b) OVER w FROM (VALUES (1, 2), (1, 3)) t(a, b) WINDOW w "
    "AS (PARTITION BY a ORDER BY b)": [
        ["1", "2"],
        ["1", "5"],
    ],
    "SELECT * FROM (VALUES (1, 2)) t(a, b) JOIN (VALUES (1, 3)) u(a, c) USING (a)": [
        ["1", "2", "3"]
    ],
    "SELECT x FROM (VALUES 1, NULL, 2) t(x) ORDER BY x DESC": [["2"], ["1"], [None]],
    "WITH a AS (SELECT 1 x), b AS (SELECT x + 1 y FROM a) SELECT * FROM a CROSS JOIN b": [
        ["1", "2"]
    ],
    "SELECT count(*) FROM (SELECT 1 x UNION SELECT 1) WHERE x >= (SELECT 1)": [["1"]],
    "SELECT t.r.y FROM (SELECT CAST(ROW(1) AS ROW(y integer)) r) t": [["1"]],
}


@pytest.mark.parametrize("query", TABLES)
def test_a_query_has_trinos_rows(ask, query):
    assert ask(query) == TABLES[query]


def test_columns_without_a_name_are_numbered_by_their_place(session):
    names = [
        n
        for n, _ in run(
            session, "SELECT t.*, 1, CAST(a AS varchar), a FROM (VALUES (1, 2)) t(a, b)"
        ).columns
    ]
    assert names == ["a", "b", "_col2", "_col3", "a"]


def test_result_types_are_trinos(session):
    query = (
        "SELECT 1, 1.5, 1E0, count(*), sum(1), 'a', true, now(), current_date, ARRAY[1], 1 / 2.0"
    )
    kinds = [str(k) for _, k in run(session, query).columns]
    assert kinds == [
        "integer", "decimal(2, 1)", "double", "bigint", "bigint", "varchar", "boolean",
        "timestamp with time zone", "date", "array(integer)", "decimal(12, 1)",
    ]  # fmt: skip
