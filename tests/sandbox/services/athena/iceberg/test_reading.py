"""What a query reads of a table: no file and no column that it does not need, and as its caller."""

import datetime as dt
import json

import pyarrow as pa
import pytest
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform
from pyiceberg.types import LongType, NestedField, StringType, StructType, TimestamptzType

from sandbox.services.athena.engine.errors import AthenaError

COLUMNS = Schema(
    NestedField(1, "id", LongType(), required=False),
    NestedField(2, "at", TimestamptzType(), required=False),
    NestedField(3, "note", StringType(), required=False),
)
BEGIN = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)


@pytest.fixture
def visits(catalog, shelf):
    """Make four days of visits, with bounds of each file or without; their notes weigh the most."""

    def make(metrics="truncate(16)"):
        spec = PartitionSpec(PartitionField(2, 1000, DayTransform(), "at_day"))
        kept = {"write.metadata.metrics.default": metrics}
        table = catalog.create_table("visits", COLUMNS, spec, **kept)
        for day in range(4):
            at = BEGIN + dt.timedelta(days=day)
            rows = [
                {"id": day * 100 + i, "at": at, "note": f"{i * 7919:x}" * 20} for i in range(100)
            ]
            table.append(pa.Table.from_pylist(rows, table.schema().as_arrow()))
        shelf.read_keys.clear()
        return table

    return make


def read(shelf):
    """Tell which days were read."""
    return sorted(k.split("at_day=")[1][:10] for k in shelf.read_keys if k.endswith(".parquet"))


@pytest.mark.parametrize("metrics", ["truncate(16)", "none"])
def test_a_day_of_a_table_is_all_that_is_read_for_it(shelf, visits, ask, metrics):
    visits(metrics)
    day = "at >= TIMESTAMP '2026-11-18 00:00:00 UTC' AND at < TIMESTAMP '2026-11-19 00:00:00 UTC'"
    assert ask(f"SELECT count(*), min(id) FROM visits WHERE {day}") == [["100", "200"]]
    assert read(shelf) == ["2026-11-18"]


def test_bounds_pass_over_files_that_no_partition_tells_apart(shelf, visits, ask):
    visits()
    assert ask("SELECT at FROM visits WHERE id = 105") == [["2026-11-17 00:00:00.000000 UTC"]]
    assert read(shelf) == ["2026-11-17"]


def test_bytes_are_those_of_the_columns_that_are_read(shelf, visits, ask, session):
    visits()
    scanned = {}
    for columns in ("count(*)", "sum(id)", "max(note)", "*"):
        ask(f"SELECT {columns} FROM visits")
        scanned[columns] = session.scanned
    whole = sum(len(body) for (_, key), body in shelf.objects.items() if key.endswith(".parquet"))
    assert scanned["count(*)"] == 0
    assert 0 < scanned["sum(id)"] < scanned["max(note)"] < scanned["*"] < whole


def test_the_limit_of_bytes_holds(visits, ask, session):
    visits()
    session.cutoff = 100
    with pytest.raises(AthenaError, match="Bytes scanned limit"):
        ask("SELECT * FROM visits")


def test_each_row_says_where_it_lies(visits, ask):
    visits()
    found = ask('SELECT DISTINCT "$path" FROM visits WHERE id < 100')
    assert [path.split("/data/")[1].partition("/")[0] for (path,) in found] == ["at_day=2026-11-16"]


def test_an_instant_has_its_microseconds(catalog, ask):
    table = catalog.create_table("moments", COLUMNS)
    at = BEGIN.replace(microsecond=123_456)
    table.append(pa.Table.from_pylist([{"id": 1, "at": at, "note": ""}], table.schema().as_arrow()))
    assert ask("SELECT at, CAST(at AS varchar), max(id) FROM moments GROUP BY at") == [
        ["2026-11-16 00:00:00.123456 UTC"] * 2 + ["1"]
    ]


def test_a_part_of_a_column_is_read_though_another_column_has_its_name(catalog, ask):
    side = StructType(NestedField(4, "x", LongType(), required=False))
    schema = Schema(
        NestedField(1, "x", LongType(), required=False),
        NestedField(2, "side", side, required=False),
        NestedField(3, "y", LongType(), required=False),
    )
    table = catalog.create_table("parts", schema)
    rows = [{"x": 100, "side": {"x": 1}, "y": 7}]
    table.append(pa.Table.from_pylist(rows, table.schema().as_arrow()))
    assert ask("SELECT side.x FROM parts") == [["1"]]
    assert ask("SELECT y FROM parts WHERE side.x = 1") == [["7"]]
    assert ask("SELECT y FROM parts WHERE side.x < 10 AND x > 10") == [["7"]]


def changed(shelf, change):
    """Change a table's metadata by hand."""
    place = shelf.table("shop", "visits")["Parameters"]["metadata_location"]
    bucket, _, key = place.removeprefix("s3://").partition("/")
    raw = json.loads(shelf.objects[bucket, key])
    change(raw)
    shelf.objects[bucket, key] = json.dumps(raw).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.update({"format-version": 3}), "format version 3"),
        (lambda raw: raw.update({"format-version": 1}), "format version 1"),
        (lambda raw: raw["schemas"][0]["fields"][0].update(type="uuid"), "Iceberg's type uuid"),
        (
            lambda raw: raw.pop("schemas"),
            "ICEBERG_INVALID_METADATA: Invalid metadata file for table",
        ),
    ],
)
def test_what_cannot_be_read_rightly_is_refused_by_name(shelf, visits, refusal, change, said):
    visits()
    changed(shelf, change)
    assert said in refusal("SELECT id FROM visits")


def test_a_manifest_that_is_none_fails_the_query(shelf, visits, refusal):
    visits()
    manifest = [k for k in shelf.objects if k[1].endswith(".avro") and "snap-" in k[1]][-1]
    shelf.objects[manifest] = b"Obj\x01"
    assert "ICEBERG_BAD_DATA" in refusal("SELECT id FROM visits")


def test_a_data_file_that_is_none_fails_the_query(shelf, visits, refusal):
    visits()
    place = next(k for k in shelf.objects if k[1].endswith(".parquet"))
    shelf.objects[place] = b"no parquet"
    assert "ICEBERG_CANNOT_OPEN_SPLIT" in refusal("SELECT id FROM visits")
