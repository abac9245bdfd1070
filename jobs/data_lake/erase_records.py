"""Take a person's records out of every Iceberg table of the lake, and out of its snapshots."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession
from pyspark.sql.types import StringType

from data_lake.enhanced_table import forget_sql


def main(arguments: Sequence[str]) -> None:
    """Erase from all tables; the run names the file that has the person's names, a line each.

    It fails at a table that is not there, which may be one that cannot be read any more.
    """
    options = getResolvedOptions(list(arguments), ["tables", "names"])
    spark = SparkSession.builder.getOrCreate()
    spark.read.text(options["names"]).distinct().createOrReplaceTempView("names")
    for table in json.loads(options["tables"]):
        print(json.dumps(erase(spark, table)), flush=True)


def erase(spark: SparkSession, table: str) -> dict[str, Any]:
    """Delete rows that have a name in any column of text; forget all snapshots but the present one.

    What came before is forgotten even where no row is found, as it may still have some: those too
    that were kept by name.
    """
    frame = spark.table(table)
    texts = [f.name for f in frame.schema.fields if isinstance(f.dataType, StringType)]
    named = " OR ".join(f"`{name}` IN (SELECT value FROM names)" for name in texts)  # noqa: S608 (checked names)
    count = frame.where(named).count()
    if count:
        spark.sql(f"DELETE FROM {table} WHERE {named}")  # noqa: S608 (checked names)
    for ref in spark.table(f"{table}.refs").where("type = 'TAG'").collect():
        spark.sql(f"ALTER TABLE {table} DROP TAG `{ref['name']}`")
    snapshots = spark.table(f"{table}.snapshots").count()
    if snapshots > 1:
        spark.sql(forget_sql(table, datetime.now(UTC)))
    return {"table": table, "deleted": count, "forgotten": max(snapshots - 1, 0)}


if __name__ == "__main__":
    main(sys.argv)
