"""Statements that change or show the catalog, and those that write data."""

import base64
import gzip
import json

import pytest

from sandbox.services.athena.engine.statements import check, kind, run


@pytest.fixture
def people(shelf):
    shelf.add("people", {"name": "string", "age": "string"})
    shelf.put("s3://lake/people/x.csv", "Anna,20\nBen,\n")
    return shelf


def test_a_view_is_kept_as_athena_keeps_it(people, ask):
    ask("CREATE VIEW adults AS SELECT name, try_cast(age AS integer) AS age FROM people")
    assert ask("SELECT * FROM adults ORDER BY name") == [["Anna", "20"], ["Ben", None]]
    stored = people.table("shop", "adults")
    text = stored["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    assert json.loads(base64.b64decode(text))["columns"] == [
        {"name": "name", "type": "varchar"},
        {"name": "age", "type": "integer"},
    ]
    assert stored["StorageDescriptor"]["Columns"][1] == {"Name": "age", "Type": "int"}
    assert ask("SHOW VIEWS") == [["adults"]]


def test_a_view_is_replaced_only_when_asked(people, ask, refusal):
    ask("CREATE VIEW v AS SELECT name FROM people")
    assert "View already exists" in refusal("CREATE VIEW v AS SELECT age FROM people")
    ask("CREATE OR REPLACE VIEW v AS SELECT age FROM people")
    assert ask("SHOW COLUMNS IN v") == [["age"]]
    ask("DROP VIEW v")
    assert "TABLE_NOT_FOUND" in refusal("SELECT * FROM v")


def test_a_view_may_not_read_itself(people, ask, refusal):
    ask("CREATE VIEW v AS SELECT name FROM people")
    assert "recursive view" in refusal("CREATE OR REPLACE VIEW v AS SELECT name FROM v")


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (
            {"name": "bigint"},
            "column [name] of type varchar projected from query view at position 0 cannot be "
            "coerced to column [name] of type bigint",
        ),
        ({"nom": "varchar"}, "has a different name"),
        ({"name": "varchar", "age": "varchar"}, "stored view column count (2) does not match"),
    ],
)
def test_a_view_whose_stored_columns_are_not_its_querys_is_stale(people, refusal, columns, problem):
    people.add_view("v", "SELECT name FROM people", columns)
    message = refusal("SELECT * FROM v")
    assert message.startswith(
        "VIEW_IS_STALE: line 1:15: View 'awsdatacatalog.shop.v' is stale or in invalid state"
    )
    assert problem in message


def test_a_views_columns_have_the_types_that_it_declares(people, session):
    people.add_view("v", "SELECT 1 AS n, 1.5 AS d", {"n": "bigint", "d": "double"})
    result = run(session, "SELECT * FROM v")
    assert ([str(k) for _, k in result.columns], result.rows) == (
        ["bigint", "double"],
        [["1", "1.5"]],
    )


def test_a_view_that_cannot_be_analysed_says_why(people, refusal):
    people.add_view("v", "SELECT nobody FROM people", {"nobody": "varchar"})
    assert "Failed analyzing stored view 'awsdatacatalog.shop.v': COLUMN_NOT_FOUND" in refusal(
        "SELECT * FROM v"
    )


def test_a_view_with_broken_json_is_invalid(people, refusal):
    people.create_table(
        "shop", {"Name": "v", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": "SELECT 1"}
    )
    assert refusal("SELECT * FROM v") == "INVALID_VIEW: Invalid view JSON: shop.v"


@pytest.mark.parametrize("form", ["PARQUET", "JSON", "TEXTFILE"])
def test_a_table_made_of_a_query_reads_back(people, ask, form):
    ask(
        f"CREATE TABLE copy WITH (format = '{form}', external_location = 's3://lake/copy/') AS "
        "SELECT 1 AS n, 'a' AS s, ARRAY[1, 2] AS l, MAP(ARRAY['k'], ARRAY[2]) AS m, "
        "TIMESTAMP '2024-01-01 00:00:00' AS t, CAST(NULL AS double) AS d, 1.50 AS x, true AS b"
    )
    assert ask("SELECT * FROM copy") == [
        ["1", "a", "[1, 2]", "{k=2}", "2024-01-01 00:00:00.000", None, "1.50", "true"]
    ]


def test_a_partitioned_table_is_made_filled_and_pruned(people, ask):
    ask(
        "CREATE TABLE by_name WITH (partitioned_by = ARRAY['name']) AS SELECT age, name FROM people"
    )
    assert ask("SHOW PARTITIONS by_name") == [["name=Anna"], ["name=Ben"]]
    ask("INSERT INTO by_name (name, age) SELECT 'Cleo', '30'")
    people.read_keys.clear()
    assert ask("SELECT age FROM by_name WHERE name = 'Cleo'") == [["30"]]
    assert len(people.read_keys) == 1


def test_a_made_table_needs_an_empty_place_and_its_keys_last(people, refusal):
    occupied = "CREATE TABLE c WITH (external_location = 's3://lake/people/') AS SELECT 1 a"
    assert "HIVE_PATH_ALREADY_EXISTS" in refusal(occupied)
    order = "CREATE TABLE c WITH (partitioned_by = ARRAY['a']) AS SELECT 1 a, 2 b"
    assert "HIVE_COLUMN_ORDER_MISMATCH" in refusal(order)
    zoned = "CREATE TABLE c AS SELECT now() AS t"
    assert "Unsupported Hive type: timestamp(3) with time zone" in refusal(zoned)


def test_an_insert_must_match_the_table(people, ask, refusal):
    ask("CREATE TABLE t AS SELECT 1 AS n, 'a' AS s")
    assert "Insert query has mismatched column types" in refusal("INSERT INTO t VALUES ('a', 'b')")
    ask("INSERT INTO t VALUES (2, 'b')")
    assert ask("SELECT * FROM t ORDER BY n") == [["1", "a"], ["2", "b"]]
    assert "does not carry INSERT INTO" in refusal("INSERT INTO people VALUES ('a', 'b')")


def test_unload_writes_objects_and_says_which(people, session, refusal):
    sql = (
        "UNLOAD (SELECT name FROM people ORDER BY name) TO 's3://lake/out/' WITH (format = 'JSON')"
    )
    result = run(session, sql)
    assert result.updated == 2
    key = (result.manifest or [])[0].removeprefix("s3://lake/")
    assert gzip.decompress(people.objects["lake", key]) == b'{"name":"Anna"}\n{"name":"Ben"}\n'
    assert "HIVE_PATH_ALREADY_EXISTS" in refusal(sql)


def test_an_external_table_is_created_described_and_dropped(shelf, ask, refusal):
    ask(
        "CREATE EXTERNAL TABLE IF NOT EXISTS `log` (`At` string COMMENT 'when', n decimal(10,2)) "
        "PARTITIONED BY (day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' "
        "LOCATION 's3://lake/log/' TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    table = shelf.table("shop", "log")
    assert table["StorageDescriptor"]["Columns"] == [
        {"Name": "at", "Type": "string", "Comment": "when"},
        {"Name": "n", "Type": "decimal(10,2)"},
    ]
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"] == {"field.delim": "\t"}
    assert ask("SHOW COLUMNS IN log") == [["at"], ["n"], ["day"]]
    assert ask("DESCRIBE log")[0][0].split("\t")[0].strip() == "at"
    assert ask("SHOW TBLPROPERTIES log('skip.header.line.count')") == [
        ["skip.header.line.count\t1"]
    ]
    ask("DROP TABLE log")
    assert "Table not found shop.log" in refusal("DROP TABLE log")


def test_databases_come_and_go(shelf, ask, refusal):
    ask("CREATE DATABASE IF NOT EXISTS archive")
    assert ask("SHOW DATABASES") == [["archive"], ["shop"]]
    ask("CREATE EXTERNAL TABLE archive.t (a int) LOCATION 's3://lake/t/'")
    assert "is not empty" in refusal("DROP DATABASE archive")
    ask("DROP DATABASE archive CASCADE")
    assert ask("SHOW SCHEMAS LIKE 'arch*'") == []


def test_the_catalog_is_shown_as_tables(people, ask):
    query = (
        "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'shop'"
    )
    assert ask(query) == [["people", "BASE TABLE"]]
    columns = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'people'"
    )
    assert ask(columns) == [["name", "varchar"], ["age", "varchar"]]


def test_placeholders_are_filled_in_order(people, ask):
    assert ask("SELECT name FROM people WHERE name = ? AND ? < 5", "'Anna'", "3") == [["Anna"]]


def test_prepared_statements_live_until_deallocated(people, session, ask, refusal):
    kept: dict[str, str] = {}
    session.prepared = kept.get
    session.store_prepared = lambda name, text: (
        kept.update({name: text}) if text else kept.pop(name)
    )
    ask("PREPARE by_name FROM SELECT age FROM people WHERE name = ?")
    assert ask("EXECUTE by_name USING 'Anna'") == [["20"]]
    ask("DEALLOCATE PREPARE by_name")
    assert "Prepared statement by_name not found" in refusal("EXECUTE by_name USING 'Anna'")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "DML"), ("-- why\nWITH a AS (SELECT 1) SELECT * FROM a", "DML"),
        ("INSERT INTO t SELECT 1", "DML"), ("UNLOAD (SELECT 1) TO 's3://x/'", "DML"),
        ("CREATE TABLE t AS SELECT 1", "DDL"), ("create or replace view v as select 1", "DDL"),
        ("MSCK REPAIR TABLE t", "DDL"), ("SHOW TABLES", "UTILITY"), ("DESCRIBE t", "UTILITY"),
    ],
)  # fmt: skip
def test_a_statement_is_of_athenas_kind(sql, expected):
    assert kind(sql) == expected


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("", "must not be empty"),
        ("SELEC 1", "mismatched input"),
        ("CREATE TABLE t (a int)", "External keyword required for table type HIVE"),
        ("CREATE EXTERNAL TABLE \"t\" (a int) LOCATION 's3://x/'", "mismatched input"),
        ("SELECT `a` FROM t", "mismatched input"),
    ],
)
def test_malformed_statements_are_refused_before_they_run(sql, message):
    from sandbox.services.athena.engine.errors import AthenaError

    with pytest.raises(AthenaError, match=message):
        check(sql)
