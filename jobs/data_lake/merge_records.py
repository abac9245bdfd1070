"""Merge what the modeled zone has of each data set into its Iceberg table: each key once."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from awsglue.utils import getResolvedOptions
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from data_lake.enhanced_table import EnhancedTable, read_tables
from data_lake.newest_records import changes, newest

ATTEMPTS = 8  # of a merge that another writer came before
# What Iceberg calls it when a table has gone on since it was read.
CONFLICTS = ("ValidationException", "CommitFailedException", "AlreadyExistsException")


def main(arguments: Sequence[str]) -> None:
    """Merge every data set that the job knows, or the one that the run names."""
    options = getResolvedOptions(
        list(arguments), ["tables", "modeled", "enhanced", "dataset", "kept_days", "snapshot_days"]
    )
    spark = SparkSession.builder.getOrCreate()
    now = datetime.now(UTC)
    for table in read_tables(options["tables"], options["dataset"]):
        first = now - timedelta(days=int(options["kept_days"]))
        report = merge(spark, table, options["modeled"], options["enhanced"], first)
        expire(spark, table, first)
        forget(spark, table, now - timedelta(days=int(options["snapshot_days"])))
        print(json.dumps({**report, "snapshot": snapshot(spark, table)}), flush=True)


def merge(
    spark: SparkSession, table: EnhancedTable, modeled: str, enhanced: str, first: datetime
) -> dict[str, Any]:
    """Merge one data set; who loses a race against another writer looks again and goes on."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            found = records(spark, table, modeled)
            changed = 0
            if found is not None:
                kept = found.where(f"NOT ({table.is_before(first)})")
                changed = _merge(spark, table, kept, enhanced)
            return {"dataset": table.dataset, "changed": changed}
        except Exception as error:
            if attempt == ATTEMPTS or not any(name in str(error) for name in CONFLICTS):
                raise
            print(f"{table.dataset}: another writer was first; again", flush=True)
    raise AssertionError("unreachable")


def records(spark: SparkSession, table: EnhancedTable, modeled: str) -> DataFrame | None:
    """Read all deliveries of a data set, by the types of its contract; None before the first."""
    try:
        return spark.read.schema(table.spark_schema).parquet(f"{modeled}{table.dataset}/")
    except AnalysisException as error:
        if error.getErrorClass() == "PATH_NOT_FOUND":
            return None
        raise


def _merge(spark: SparkSession, table: EnhancedTable, found: DataFrame, enhanced: str) -> int:
    prepare(spark, table, enhanced)
    wanted = changes(newest(found, table.key), spark.table(table.name), table.key).persist()
    try:
        count = int(wanted.count())
        if count:  # else there would be a snapshot of nothing
            wanted.createOrReplaceTempView("changes")
            spark.sql(table.merge_sql("changes"))
        return count
    finally:
        wanted.unpersist()


def prepare(spark: SparkSession, table: EnhancedTable, enhanced: str) -> None:
    """Make the table, or give it the columns that its contract has by now."""
    spark.sql(table.create_sql(enhanced))
    fields = spark.table(table.name).schema.fields
    there = {field.name: field.dataType.simpleString() for field in fields}
    for statement in table.evolution_sql(there):
        spark.sql(statement)


def expire(spark: SparkSession, table: EnhancedTable, before: datetime) -> None:
    """Drop the days that the lake keeps no longer."""
    if not spark.catalog.tableExists(table.name):
        return
    old = spark.table(table.name).where(table.is_before(before))
    if not old.isEmpty():
        spark.sql(table.expire_sql(before))


def forget(spark: SparkSession, table: EnhancedTable, before: datetime) -> None:
    """Forget the snapshots that are too old to be asked for, and delete what only they hold."""
    if not spark.catalog.tableExists(table.name):
        return
    moment = before.strftime("%Y-%m-%d %H:%M:%S")
    kept = spark.table(f"{table.name}.snapshots").orderBy("committed_at").collect()[:-1]
    if any(each["committed_at"].astimezone(UTC) < before for each in kept):
        spark.sql(table.forget_sql(moment))


def snapshot(spark: SparkSession, table: EnhancedTable) -> int | None:
    """Name the table's snapshot by now."""
    if not spark.catalog.tableExists(table.name):
        return None
    found = spark.table(f"{table.name}.snapshots").orderBy("committed_at").collect()
    return int(found[-1]["snapshot_id"]) if found else None


if __name__ == "__main__":
    main(sys.argv)
