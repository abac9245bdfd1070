"""The statements about a table, on a table: made, merged, grown, and refused what loses."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from data_lake.enhanced_table import EvolutionError, forget_sql, read_tables

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]


def merge(session, table, frame):
    frame.createOrReplaceTempView("changes")
    session.sql(table.merge_sql("changes"))


def content(spark, table):
    rows = spark.table(table.name).collect()
    return sorted((row["visit_id"], row["seconds"]) for row in rows)


def test_newer_deliveries_take_the_place_of_older_ones_and_older_ones_of_none(
    spark, made, delivered
):
    table = made("merged")
    merge(spark, table, delivered(("v-1", 1, "a", 1, NOON), ("v-2", 2, "a", 2, NOON)))
    later, sooner = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
    merge(spark, table, delivered(("v-1", 10, "b", 1, later), ("v-2", 20, "b", 2, sooner)))
    assert content(spark, table) == [("v-1", 10), ("v-2", 2)]


def test_of_two_who_merge_the_same_key_at_once_one_is_told(spark, made, delivered):
    table = made("raced")
    merge(spark, table, delivered(("v-0", 1, "a", 1, NOON)))
    ready, told = threading.Barrier(2), []

    def write(seconds):
        session = spark.newSession()
        name = f"raced_by_{seconds}"
        delivered(("v-9", seconds, "b", seconds, NOON)).createOrReplaceGlobalTempView(name)
        ready.wait()
        try:
            merge(session, table, session.table(f"global_temp.{name}"))
        except Exception as error:
            told.append(str(error))

    writers = [threading.Thread(target=write, args=[n]) for n in (1, 2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    rows = content(spark, table)
    assert [row[0] for row in rows] == ["v-0", "v-9"]
    assert all("ValidationException" in each or "CommitFailed" in each for each in told)


def test_a_column_that_is_added_is_there_and_null_in_older_records(spark, made, table, delivered):
    merge(spark, made("grown"), delivered(("v-1", 1, "a", 1, NOON)))
    wider = table("grown", channel="string")
    there = {f.name: f.dataType.simpleString() for f in spark.table(wider.name).schema.fields}
    for statement in wider.evolution_sql(there):
        spark.sql(statement)
    assert [row["channel"] for row in spark.table(wider.name).collect()] == [None]
    assert list(wider.evolution_sql({**there, "channel": "string"})) == []


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("int", "bigint", True),
        ("bigint", "int", False),
        ("string", "bigint", False),
        ("decimal(10,2)", "decimal(18,2)", True),
        ("decimal(18,2)", "decimal(18,3)", False),
        ("decimal(18,2)", "decimal(10,2)", False),
        ("bigint", "double", False),
    ],
)
def test_a_type_is_widened_or_refused_before_it_is_tried(table, old, new, allowed):
    wanted = table("typed", seconds=new)
    there = {**wanted.columns, "seconds": old}
    if allowed:
        (statement,) = wanted.evolution_sql(there)
        assert statement.endswith(f"ALTER COLUMN `seconds` TYPE {new}")
    else:
        with pytest.raises(EvolutionError, match="give the new one another name"):
            list(wanted.evolution_sql(there))


def test_a_column_that_is_gone_is_refused(table):
    wanted = table("shrunk")
    with pytest.raises(EvolutionError, match="age"):
        list(wanted.evolution_sql({**wanted.columns, "age": "int"}))


def test_days_that_are_over_and_snapshots_that_are_old_go(spark, made, delivered):
    table = made("expiring")
    merge(spark, table, delivered(("v-1", 1, "a", 1, NOON)))
    tomorrow = NOON + timedelta(days=1)
    assert spark.table(table.name).where(table.is_before(NOON)).isEmpty()
    spark.sql(table.expire_sql(tomorrow))
    assert content(spark, table) == []
    spark.sql(forget_sql(table.name, datetime(2999, 1, 1)))
    assert spark.table(f"{table.name}.snapshots").count() == 1


def test_tables_are_read_from_the_argument_or_refused():
    rules = {"table": "c.d.t", "columns": {"a": "string"}, "key": ["a"], "partition": "a"}
    text = json.dumps({"one": rules, "two": rules})
    assert [table.dataset for table in read_tables(text, "all")] == ["one", "two"]
    assert [table.dataset for table in read_tables(text, "two")] == ["two"]
    with pytest.raises(ValueError, match="no data set 'three'"):
        read_tables(text, "three")
    with pytest.raises(ValueError, match="no name of a column"):
        read_tables(json.dumps({"one": {**rules, "columns": {"a`": "string"}}}), "all")
