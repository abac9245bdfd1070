"""A table as it was: by moment, by version, by name, and what Athena says where it never was."""

import datetime as dt

import pyarrow as pa
import pytest
from pyiceberg.schema import Schema
from pyiceberg.types import LongType, NestedField, StringType

COLUMNS = Schema(
    NestedField(1, "id", LongType(), required=True), NestedField(2, "store", StringType())
)


def rows(*ids):
    fields = [pa.field("id", pa.int64(), nullable=False), pa.field("store", pa.string())]
    return pa.Table.from_pylist([{"id": i, "store": f"s{i}"} for i in ids], pa.schema(fields))


def moment(millis):
    return dt.datetime.fromtimestamp(millis / 1000, dt.UTC)


@pytest.fixture
def sales(catalog, shelf):
    """Make three snapshots; before the last a column was renamed, and one has its old name."""
    table = catalog.create_table("sales", COLUMNS)
    table.append(rows(1))
    table.append(rows(2))
    with table.update_schema() as update:
        update.rename_column("store", "shop")
    with table.update_schema() as update:
        update.add_column("store", LongType())
    table.append(
        pa.Table.from_pylist([{"id": 3, "shop": "s3", "store": 7}], table.schema().as_arrow())
    )
    shelf.add("plain", {"id": "bigint"})
    return table


@pytest.fixture
def later(session, sales):
    """Ask when all of that is past."""
    end = moment(sales.metadata.last_updated_ms) + dt.timedelta(days=2)
    session.now = lambda: end
    return end


def test_each_snapshot_has_the_columns_that_it_had(ask, sales):
    ids = [each.snapshot_id for each in sales.snapshots()]
    assert ask("SELECT * FROM sales ORDER BY id")[2] == ["3", "s3", "7"]
    assert ask(f"SELECT * FROM sales FOR VERSION AS OF {ids[0]}") == [["1", "s1"]]
    assert ask(f"SELECT store FROM sales FOR VERSION AS OF {ids[1]} ORDER BY 1") == [["s1"], ["s2"]]
    assert len(ask("SELECT * FROM sales FOR VERSION AS OF 'main'")) == 3


def test_now_and_then_stand_side_by_side_in_a_query(ask, sales):
    first = sales.snapshots()[0].snapshot_id
    changed = f"SELECT id FROM sales EXCEPT SELECT id FROM sales FOR VERSION AS OF {first}"
    assert ask(f"{changed} ORDER BY 1") == [["2"], ["3"]]
    joined = (
        f"SELECT count(*) FROM sales n LEFT JOIN sales FOR VERSION AS OF {first} t ON n.id = t.id"
    )
    assert ask(f"{joined} WHERE t.id IS NULL") == [["2"]]


def test_a_moment_is_that_of_the_newest_snapshot_before_it(ask, sales, later):
    log = sales.metadata.snapshot_log
    for count, entry in enumerate(log, 1):
        at = f"TIMESTAMP '{moment(entry.timestamp_ms):%Y-%m-%d %H:%M:%S.%f} UTC'"
        before = sum(other.timestamp_ms <= entry.timestamp_ms for other in log)
        assert ask(f"SELECT count(*) FROM sales FOR TIMESTAMP AS OF {at}") == [[str(before)]], count
    assert ask("SELECT count(*) FROM sales FOR TIMESTAMP AS OF now()") == [["3"]]
    tomorrow = f"DATE '{later - dt.timedelta(days=1):%Y-%m-%d}'"
    assert ask(f"SELECT count(*) FROM sales FOR TIMESTAMP AS OF {tomorrow}") == [["3"]]


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("TIMESTAMP AS OF TIMESTAMP '2020-01-01 00:00:00'",
         "No version history table shop.sales at or before 2020-01-01T00:00:00Z"),
        ("TIMESTAMP AS OF TIMESTAMP '2126-01-01 00:00:00'",
         "Pointer value '2126-01-01 00:00:00 UTC' is not in the past"),
        ("TIMESTAMP AS OF 'yesterday'", "Type varchar invalid. Temporal pointers must be of type"),
        ("TIMESTAMP AS OF CAST(NULL AS timestamp)", "Pointer value cannot be NULL"),
        ("VERSION AS OF 7", "INVALID_ARGUMENTS: Iceberg snapshot ID does not exists: 7"),
        ("VERSION AS OF 'nightly'", "Cannot find snapshot with reference name: nightly"),
        ("VERSION AS OF 1e0", "NOT_SUPPORTED: Unsupported type for table version: double"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("later")
def test_what_never_was_is_refused_as_athena_does(refusal, version, said):
    assert said in refusal(f"SELECT * FROM sales FOR {version}")


def test_other_tables_have_no_versions(refusal, sales):
    said = refusal("SELECT * FROM plain FOR VERSION AS OF 7")
    assert "This connector does not support versioned tables" in said
    assert "versioned" in refusal("SELECT * FROM shop.plain FOR TIMESTAMP AS OF now()")


def test_what_happened_to_a_table_is_told(ask, sales):
    first, second, third = (each.snapshot_id for each in sales.snapshots())
    told = ask(
        'SELECT snapshot_id, parent_id, operation FROM "sales$snapshots" ORDER BY committed_at'
    )
    assert told == [
        [str(first), None, "append"],
        [str(second), str(first), "append"],
        [str(third), str(second), "append"],
    ]
    assert ask('SELECT count(*) FROM "sales$history" WHERE is_current_ancestor') == [["3"]]
    assert ask('SELECT name, type, snapshot_id FROM "sales$refs"') == [
        ["main", "BRANCH", str(third)]
    ]
    assert ask('SELECT sum(record_count), count(*) FROM "sales$files"') == [["3", "3"]]
    assert ask('SELECT record_count, data.id FROM "sales$partitions"') == [
        ["3", "{min=1, max=3, null_count=0, nan_count=null}"]
    ]
    added = 'SELECT sum(added_rows_count) FROM "shop"."sales$manifests"'
    assert ask(added) == [["3"]]


def test_one_that_is_not_carried_is_refused_by_name(refusal, sales):
    assert "sales$entries" in refusal('SELECT * FROM "sales$entries"')
    assert "a version of a metadata table" in refusal(
        'SELECT * FROM "sales$files" FOR VERSION AS OF 7'
    )


def test_descriptions_follow_the_metadata_and_not_what_glue_keeps(ask, sales):
    assert ask("SHOW COLUMNS IN sales") == [["id"], ["shop"], ["store"]]
    described = [line for (line,) in ask("DESCRIBE sales")]
    assert described[2:5] == ["id\tbigint\t", "shop\tstring\t", "store\tbigint\t"]
    columns = "SELECT column_name, data_type FROM information_schema.columns"
    assert ask(f"{columns} WHERE table_name = 'sales'") == [
        ["id", "bigint"], ["shop", "varchar"], ["store", "bigint"],
    ]  # fmt: skip
    statement = "\n".join(line for (line,) in ask("SHOW CREATE TABLE sales"))
    assert "LOCATION 's3://lake/sales'" in statement
    assert "'table_type'='iceberg'" in statement
