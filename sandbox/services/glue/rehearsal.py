"""A script before the first: it loads what the jobs' own runs then need not load. Nothing stays."""

from pathlib import Path
from typing import Any

_CATALOG = "spark.sql.catalog.rehearsal"


def order(folder: Path) -> dict[str, Any]:
    """Order the script, with a catalog of Iceberg in a folder of this machine."""
    return {
        "root": str(Path(__file__).parents[3]),
        "script": __file__,
        "python_files": [],
        "arguments": [],
        "result": str(folder / "result.json"),
        "used": str(folder / "spark-used"),
        "credentials": {},
        "properties": {
            "spark.sql.extensions": (
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
            ),
            _CATALOG: "org.apache.iceberg.spark.SparkCatalog",
            f"{_CATALOG}.type": "hadoop",
            f"{_CATALOG}.warehouse": (folder / "tables").as_uri(),
        },
    }


def main() -> None:
    """Do what most jobs do: aggregate, order, merge into a table, read it."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    spark.sql(
        "CREATE TABLE rehearsal.lake.rows (id bigint, day date, told string) USING iceberg "
        "PARTITIONED BY (days(day))"
    )
    for first in (0, 100):
        rows = spark.range(first, first + 200).selectExpr(
            "id", "DATE '2026-01-01' AS day", "CAST(id AS string) AS told"
        )
        rows = rows.selectExpr("*", "row_number() OVER (PARTITION BY id ORDER BY day) AS place")
        rows.where("place = 1").drop("place").createOrReplaceTempView("changes")
        spark.sql(
            "MERGE INTO rehearsal.lake.rows t USING changes s ON t.id = s.id "
            "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
        )
    spark.sql("SELECT day, count(*), max(told) FROM rehearsal.lake.rows GROUP BY day").collect()
    spark.table("rehearsal.lake.rows.snapshots").collect()


if __name__ == "__main__":
    main()
