"""Merge by the job's own module, by a Spark of this process, into an Iceberg table in a folder."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.data_lake.engines.deliveries import COLUMNS, DATASET
from benchmarks.data_lake.engines.merged import CONTENT, tell
from sandbox.services.glue import job_library, spark_packages
from stacks.data_lake.enhanced_tables import PROPERTIES

HEAP = os.environ.get("BENCH_HEAP", "4g")
TABLE = "lake.enhanced.visits"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # no day is too old


def main(folder: Path) -> None:
    """Merge what the table holds before, then measure the merge of what is new."""
    job_library.offer()
    from data_lake.enhanced_table import EnhancedTable
    from data_lake.merge_records import merge

    spark = session(folder)
    table = EnhancedTable(DATASET, TABLE, COLUMNS, ("visit_id",), "entered_at")
    properties = ", ".join(f"'{name}' = '{value}'" for name, value in PROPERTIES.items())
    spark.sql(
        f"CREATE TABLE {TABLE} ({table.spark_schema}) USING iceberg "
        f"PARTITIONED BY (days(entered_at)) TBLPROPERTIES ({properties})"
    )
    merge(spark, table, f"{(folder / 'base').as_uri()}/", FIRST)

    def content() -> Sequence[Any]:
        (row,) = spark.sql(f"SELECT {CONTENT} FROM {TABLE}").collect()  # noqa: S608 (our own names)
        return tuple(row)

    tell(lambda: print(merge(spark, table, f"{(folder / 'new').as_uri()}/", FIRST)), content)


def session(folder: Path) -> Any:
    """Start Spark as Glue configures it, but for the catalog, which is a folder here."""
    os.environ |= {"JAVA_HOME": str(spark_packages.java_home()), "PYSPARK_PYTHON": sys.executable}
    from pyspark.sql import SparkSession

    settings = {
        "spark.master": "local[*]",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": HEAP,
        "spark.sql.session.timeZone": "UTC",
        "spark.local.dir": str(folder / "spark"),
        "spark.jars": ",".join(map(str, spark_packages.iceberg_jars())),
        "spark.sql.extensions": (
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
        ),
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "hadoop",
        "spark.sql.catalog.lake.warehouse": (folder / "warehouse").as_uri(),
        "spark.sql.catalog.lake.cache-enabled": "false",
    }
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]))
