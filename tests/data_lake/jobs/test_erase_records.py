"""A person leaves a table: its rows, its snapshots, and what its manifests tell of its files."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data_lake.erase_records import erase, main
from data_lake.held_names import names_in
from data_lake.names import Names

# py4j leaves the sockets of threads that ended to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def manifests(spark, table):
    found = spark.table(f"{table}.manifests").collect()
    paths = [Path(row["path"].removeprefix("file:")) for row in found]
    return [io.BufferedReader(io.BytesIO(path.read_bytes())) for path in paths]


@pytest.fixture
def made(spark, made, frame, delivered, request):
    """Make a table of two visits in a file each, by the properties of the lake or by others."""
    plain = made

    def make(**properties):
        found = plain(request.node.name)
        for name, value in properties.items():
            spark.sql(f"ALTER TABLE {found.name} SET TBLPROPERTIES ('{name}' = '{value}')")
        for visit in ("v-1", "v-2"):
            delivered((visit, 1, "a", 1, NOON)).writeTo(found.name).append()
        frame([("v-2",)], "value string").createOrReplaceTempView("names")
        return found.name

    return make


def test_rows_and_older_snapshots_go_and_again_nothing_is_to_do(spark, made):
    table = made()
    spark.sql(f"ALTER TABLE {table} CREATE TAG `published`")
    assert erase(spark, table) == {"table": table, "deleted": 1, "forgotten": 2}
    assert [row["visit_id"] for row in spark.table(table).collect()] == ["v-1"]
    snapshots = spark.table(f"{table}.snapshots").collect()
    assert erase(spark, table) == {"table": table, "deleted": 0, "forgotten": 0}
    assert spark.table(f"{table}.snapshots").collect() == snapshots


def test_a_table_that_is_not_to_be_found_is_not_passed_over(iceberg, tmp_path):
    (tmp_path / "names").write_text("v-2\n")
    given = {"--tables": json.dumps(["glue_catalog.lake.gone"]), "--names": str(tmp_path / "names")}
    from pyspark.errors import AnalysisException

    with pytest.raises(AnalysisException, match=r"`lake`\.`gone`"):
        main(["job", *(part for pair in given.items() for part in pair)])


def test_no_manifest_names_anybody_and_one_that_did_would_be_found(spark, made):
    table, names = made(), Names(["v-2"])
    assert not any(names_in(each, names) for each in manifests(spark, table))
    spark.sql(f"DROP TABLE {table} PURGE")
    table = made(**{"write.metadata.metrics.default": "full"})
    assert any(names_in(each, names) for each in manifests(spark, table))
