"""What is said of engines that merged the same: who is quicker from where on, and how it grows."""

import duckdb
import pytest

from benchmarks.data_lake.engines import deliveries, measure
from benchmarks.data_lake.engines.measure import Merge, agree, told
from sandbox.host.process import SandboxError


def merge(seconds):
    return Merge(seconds, 2 * seconds, 100.0, [9, 9, 1, 1])


def merges(spark, other):
    return {"Spark": merge(spark), "DuckDB": merge(other)}


@pytest.fixture
def sizes(monkeypatch):
    monkeypatch.setattr(measure, "SIZES", (10, 100, 1000))


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ((1, 1, 1), "**Up to 1,000 rows DuckDB is quicker than Spark.**"),
        ((1, 9, 99), "Spark is quicker than DuckDB from 100 rows on."),
        ((9, 1, 99), "Spark is quicker than DuckDB from 1,000 rows on."),
        ((9, 9, 99), "Spark is quicker than DuckDB from 10 rows on."),
    ],
)
def test_who_is_quicker_from_which_size_on(sizes, others, said):
    spark = dict(zip((10, 100, 1000), (2, 5, 50), strict=True))
    found = {
        n: merges(seconds, other) for (n, seconds), other in zip(spark.items(), others, strict=True)
    }
    assert said in told(found)


@pytest.mark.parametrize(("seconds", "kept"), [(59, "within"), (61, "**more than**")])
def test_time_for_a_row_is_held_to_what_was_wanted(sizes, seconds, kept):
    found = {10: merges(1, 1), 100: merges(5, 5), 1000: merges(seconds, 1)}
    assert f"times that at 100, {kept} the 1.2 wanted." in told(found)


def test_an_engine_that_merged_something_else_is_told():
    keys = deliveries.keys_of(2100)
    right, wrong = ([keys, keys, 7, 7], [keys, keys, 7, 8])
    one, other = (Merge(1, 1, 1, held) for held in (right, wrong))
    agree(2100, {"Spark": one, "DuckDB": one})
    with pytest.raises(SandboxError, match="the engines have"):
        agree(2100, {"Spark": one, "DuckDB": other})
    with pytest.raises(SandboxError, match="the engines have"):
        agree(2121, {"Spark": one, "DuckDB": one})


@pytest.mark.parametrize("rows", [1, 20, 21, 22, 100_000, 1_000_000])
def test_no_key_comes_again_that_has_not_come(rows):
    keys = deliveries.keys_of(rows)
    assert (rows - keys - 1) * deliveries.TWICE < keys <= rows


def test_deliveries_are_as_many_as_asked_for_and_come_twice_as_often_as_said(tmp_path):
    deliveries.write(tmp_path, 2100)
    files = f"read_parquet('{tmp_path}/new/**/*.parquet', hive_partitioning = true)"
    counted = "count(*), " + ", ".join(
        f"count(DISTINCT {name})" for name in ("visit_id", "day", "source_id")
    )
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {counted} FROM {files}").fetchall() == [(2100, 2000, 100, 2)]
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (day) FROM {files}").fetchall()
    assert [row[0] for row in described] == [*deliveries.COLUMNS]
