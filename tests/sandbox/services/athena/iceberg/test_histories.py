"""Whatever became of a table, each of its snapshots reads as pyiceberg reads it."""

import datetime as dt
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyiceberg.expressions import EqualTo
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import (
    BucketTransform,
    DayTransform,
    IdentityTransform,
    MonthTransform,
    TruncateTransform,
)
from pyiceberg.types import (
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    ListType,
    LongType,
    NestedField,
    StringType,
    StructType,
    TimestamptzType,
)

from sandbox.services.athena.engine.iceberg.metadata import read_metadata
from sandbox.services.athena.engine.iceberg.reading import as_of, now, read_into

pytestmark = pytest.mark.filterwarnings("ignore:Delete operation did not match any records")
BEGIN = dt.datetime(2026, 11, 27, 22, tzinfo=dt.UTC)
SIDE = StructType(
    NestedField(11, "x", IntegerType(), required=False),
    NestedField(12, "y", StringType(), required=False),
)
COLUMNS = Schema(
    NestedField(1, "id", IntegerType(), required=False),
    NestedField(2, "at", TimestamptzType(), required=False),
    NestedField(3, "price", DecimalType(9, 2), required=False),
    NestedField(4, "store", StringType(), required=False),
    NestedField(5, "ratio", FloatType(), required=False),
    NestedField(6, "day", DateType(), required=False),
    NestedField(7, "tags", ListType(13, StringType(), element_required=False), required=False),
    NestedField(8, "side", SIDE, required=False),
)
SPECS = st.sampled_from(
    [
        PartitionSpec(),
        PartitionSpec(PartitionField(2, 1000, DayTransform(), "at_day")),
        PartitionSpec(PartitionField(4, 1000, IdentityTransform(), "store")),
        PartitionSpec(PartitionField(6, 1000, MonthTransform(), "day_month")),
        PartitionSpec(
            PartitionField(1, 1000, TruncateTransform(4), "id_trunc"),
            PartitionField(4, 1001, BucketTransform(3), "store_bucket"),
        ),
    ]
)
CELLS = {
    "int": st.integers(-20, 20),
    "long": st.integers(-20, 2**40),
    "timestamptz": st.integers(0, 200).map(lambda hours: BEGIN + dt.timedelta(hours=hours / 2)),
    "string": st.sampled_from(["", "paris", "rome", "a name longer than sixteen", "Zürich 1"]),
    "float": st.integers(-8, 8).map(lambda n: n / 4),
    "double": st.integers(-80, 80).map(lambda n: n / 8),
    "date": st.integers(-40, 40).map(lambda days: BEGIN.date() + dt.timedelta(days=days)),
    "list<string>": st.lists(st.sampled_from(["a", "b"]) | st.none(), max_size=3),
}


def cells(kind):
    """Draw values of one of Iceberg's types."""
    if isinstance(kind, DecimalType):
        return st.integers(-9_999, 9_999).map(lambda n: Decimal(n).scaleb(-kind.scale))
    if isinstance(kind, StructType):
        return st.fixed_dictionaries({f.name: st.none() | cells(f.field_type) for f in kind.fields})
    return CELLS[str(kind)]


def append(draw, table):
    table.append(drawn(draw, table))


def replace_a_store(draw, table):
    """Rewrite files as a merge does that replaces rows."""
    names = [f.name for f in table.schema().fields if f.field_id == 4]
    if names:
        store = draw(CELLS["string"])
        table.overwrite(drawn(draw, table), overwrite_filter=EqualTo(names[0], store))


def rename(draw, table):
    field = draw(st.sampled_from(table.schema().fields))
    with table.update_schema() as update:
        update.rename_column(field.name, f"{field.name}_{len(table.schemas())}")


def rename_inside(_draw, table):
    for field in table.schema().fields:
        if field.field_id == 8:
            inner = field.field_type.fields[0]
            with table.update_schema() as update:
                update.rename_column((field.name, inner.name), f"x_{len(table.schemas())}")


def add(draw, table):
    kind = draw(st.sampled_from([StringType(), LongType(), DecimalType(5, 1)]))
    free = {"id", "store", "extra"} - {f.name for f in table.schema().fields}
    if free:
        with table.update_schema() as update:
            update.add_column(draw(st.sampled_from(sorted(free))), kind)


def drop(draw, table):
    parted = {f.source_id for f in table.spec().fields}
    free = [f.name for f in table.schema().fields if f.field_id not in parted]
    if len(free) > 1:
        with table.update_schema() as update:
            update.delete_column(draw(st.sampled_from(free)))


def widen(_draw, table):
    wider = {"int": LongType(), "float": DoubleType(), "decimal(9, 2)": DecimalType(12, 2)}
    parted = {f.source_id for f in table.spec().fields}
    for field in table.schema().fields:
        if str(field.field_type) in wider and field.field_id not in parted:
            with table.update_schema() as update:
                update.update_column(field.name, wider[str(field.field_type)])
            return


STEPS = st.sampled_from([append, append, replace_a_store, rename, rename_inside, add, drop, widen])


def drawn(draw, table):
    """Draw rows of the columns that a table has by now."""
    one = st.fixed_dictionaries(
        {f.name: st.none() | cells(f.field_type) for f in table.schema().fields}
    )
    rows = draw(st.lists(one, min_size=1, max_size=6))
    return pa.Table.from_pylist(rows, schema=table.schema().as_arrow())


def content(rows):
    """Compare rows whatever their order."""
    return sorted(map(repr, map(plain, rows)))


def plain(value):
    """Tell moments apart by what they are, not by how their zone is spelled."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dict):
        return [plain(v) for v in value.values()]
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def read(shelf, snapshot_id):
    """Read a snapshot by the engine: rows of Python's values."""
    metadata = read_metadata(shelf, "shop", shelf.table("shop", "sales"))
    known = metadata.snapshots.get(snapshot_id)
    table = now(metadata) if known is None else as_of(metadata, known)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        read_into(con, "sales", shelf, table)
        return con.execute("FROM sales").fetchall()


# A failure is told as it was found: to make it smaller would take minutes.
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@EXAMPLES
@given(data=st.data(), spec=SPECS, metrics=st.sampled_from(["truncate(16)", "none"]))
def test_every_snapshot_is_what_pyiceberg_says_it_is(shelf, catalog, data, spec, metrics):
    kept = {"write.metadata.metrics.default": metrics}
    table = catalog.create_table("sales", COLUMNS, spec, **kept)
    for step in data.draw(st.lists(STEPS, min_size=1, max_size=8)):
        step(data.draw, table)
    for snapshot in [None, *table.snapshots()]:
        identity = snapshot.snapshot_id if snapshot else None
        expected = table.scan(snapshot_id=identity).to_arrow().to_pylist()
        assert content(read(shelf, identity)) == content(list(r.values()) for r in expected)


FILTERS = st.sampled_from(
    [
        "id {op} {id}", "at {op} TIMESTAMP '{at:%Y-%m-%d %H:%M:%S} UTC'", "price {op} {price}",
        "store {op} '{store}'", "ratio {op} {ratio}", "day {op} DATE '{day}'", "store IS NULL",
        "id IS NOT NULL", "CAST(at AS date) = DATE '{day}'", "id IN ({id}, 3, 4)",
        "id BETWEEN {id} AND {id} + 5", "NOT (id {op} {id})", "store LIKE '{store}%'",
        "date_trunc('day', at) = TIMESTAMP '{at:%Y-%m-%d} 00:00:00 UTC'",
    ]
)  # fmt: skip


@EXAMPLES
@given(data=st.data(), spec=SPECS, metrics=st.sampled_from(["truncate(16)", "none"]))
def test_files_that_are_passed_over_hold_no_row_that_was_asked_for(
    shelf, catalog, ask, data, spec, metrics
):
    kept = {"write.metadata.metrics.default": metrics}
    table = catalog.create_table("sales", COLUMNS, spec, **kept)
    for _ in range(data.draw(st.integers(1, 3))):
        append(data.draw, table)
    some = {f.name: data.draw(cells(f.field_type)) for f in COLUMNS.fields}
    texts = [
        data.draw(FILTERS).format(op=data.draw(st.sampled_from(["=", "<", ">=", "<>"])), **some)
        for _ in range(2)
    ]
    condition = data.draw(st.sampled_from([" AND ", " OR "])).join(texts)
    # A row's own number, through a window that stands before the filter, keeps all files read.
    everything = "SELECT *, row_number() OVER () AS n FROM sales"
    unfiltered = ask(f"SELECT id, store, CAST({condition} AS boolean) FROM ({everything})")
    expected = [row[:2] for row in unfiltered if row[2] == "true"]
    assert content(ask(f"SELECT id, store FROM sales WHERE {condition}")) == content(expected)


def test_a_table_without_a_snapshot_has_no_rows(shelf, catalog, ask):
    catalog.create_table("sales", COLUMNS)
    assert ask("SELECT * FROM sales") == []
    assert read(shelf, None) == []


@pytest.mark.parametrize("name", ["snapshots", "history", "files", "manifests", "partitions"])
def test_nor_has_what_is_told_of_it(catalog, ask, name):
    catalog.create_table("sales", COLUMNS)
    assert ask(f'SELECT * FROM "sales${name}"') == []
