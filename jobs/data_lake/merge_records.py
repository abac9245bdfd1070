"""Merge what the modeled zone has of each data set into its Iceberg table: each key once."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from awsglue.utils import getResolvedOptions
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

from data_lake import high_water_mark
from data_lake.absent_objects import is_absent
from data_lake.conflicts import ATTEMPTS, is_conflict
from data_lake.enhanced_table import EnhancedTable, forget_sql, read_tables
from data_lake.newest_records import changes, newest
from data_lake.past_days import PastDays, correction_sql, corrections

OPTIONS = ("tables", "modeled", "dataset", "days", "kept_days", "snapshot_days")


def main(arguments: Sequence[str]) -> None:
    """Merge every data set that the job knows, or the one that the run names.

    What is new, or of some past days all that there is.
    """
    options = getResolvedOptions(list(arguments), list(OPTIONS))
    spark = SparkSession.builder.getOrCreate()
    now = datetime.now(UTC)
    days = PastDays.read(options["days"])
    for table in read_tables(options["tables"], options["dataset"]):
        first = now - timedelta(days=int(options["kept_days"]))
        report = merge(spark, table, options["modeled"], first, days)
        expire(spark, table, first)
        forget(spark, table, now - timedelta(days=int(options["snapshot_days"])))
        print(json.dumps({**report, "snapshot": snapshot(spark, table)}), flush=True)


def merge(
    spark: SparkSession,
    table: EnhancedTable,
    modeled: str,
    first: datetime,
    days: PastDays | None = None,
) -> dict[str, Any]:
    """Merge one data set; who loses a race against another writer looks again and goes on.

    What was merged before is told by the table, so that a run does what those before it left.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            if days:
                return merge_days(spark, table, modeled, first, days)
            return merge_new(spark, table, modeled, first)
        except Exception as error:
            if attempt == ATTEMPTS or not is_conflict(error):
                raise
            print(f"{table.dataset}: another writer was first; again", flush=True)
    raise AssertionError("unreachable")


def merge_new(
    spark: SparkSession, table: EnhancedTable, modeled: str, first: datetime
) -> dict[str, Any]:
    """Take in the objects that came since the table's mark, and only then set the next mark."""
    mark = merged_until(spark, table)
    found = records(spark, table, modeled, mark)
    objects, until = extent(found) if found is not None else (0, None)
    changed = 0
    if found is not None and until is not None:
        prepare(spark, table)
        kept = found.where(f"NOT ({table.is_before(first)})")
        wanted = changes(newest(kept, table.key), spark.table(table.name), table.key)
        changed = _apply(spark, wanted, table.merge_sql("changes"))
        present = snapshot(spark, table)
        if present is not None and (mark is None or until > mark):
            spark.sql(high_water_mark.mark_sql(table.name, until, present))
    return {"dataset": table.dataset, "objects": objects, "changed": changed}


def merge_days(
    spark: SparkSession,
    table: EnhancedTable,
    modeled: str,
    first: datetime,
    days: PastDays,
) -> dict[str, Any]:
    """Make every record of some days what the modeled zone says, whatever the table has."""
    found = records(spark, table, modeled, None)
    if found is None:
        found = spark.createDataFrame([], f"{table.spark_schema}, day date")
    prepare(spark, table)
    there, kept = spark.table(table.name), found.where(f"NOT ({table.is_before(first)})")
    wanted = corrections(kept, there, table.key, table.partition, days)
    statement = correction_sql(table.name, there.columns, table.key, "changes")
    return {"dataset": table.dataset, "changed": _apply(spark, wanted, statement)}


def merged_until(spark: SparkSession, table: EnhancedTable) -> datetime | None:
    """Ask the table for its mark; None where all is to be merged."""
    properties = spark.sql(f"SHOW TBLPROPERTIES {table.name}").collect()
    value = {row["key"]: row["value"] for row in properties}.get(high_water_mark.PROPERTY)
    ancestors = spark.sql(high_water_mark.ancestors_sql(table.name)).collect()
    return high_water_mark.read_mark(value, {row["snapshot_id"] for row in ancestors})


def records(
    spark: SparkSession, table: EnhancedTable, modeled: str, mark: datetime | None
) -> DataFrame | None:
    """Read deliveries of a data set, by the types of its contract; None before the first."""
    reader = spark.read.schema(table.spark_schema)
    reader = reader.options(**high_water_mark.reading_options(mark))
    try:
        return reader.parquet(f"{modeled}{table.dataset}/")
    except AnalysisException as error:
        if is_absent(error):
            return None
        raise


def extent(found: DataFrame) -> tuple[int, datetime | None]:
    """Count the objects that are read, and tell how late the latest of them was written.

    By S3's own clock; of the very listing that is read.
    """
    of_files = found.select("_metadata.file_path", "_metadata.file_modification_time")
    row = of_files.agg(
        F.countDistinct("file_path"), F.unix_micros(F.max("file_modification_time"))
    ).first()
    if row is None or not row[0]:
        return 0, None
    return int(row[0]), datetime.fromtimestamp(row[1] / 1e6, UTC)


def _apply(spark: SparkSession, wanted: DataFrame, statement: str) -> int:
    wanted = wanted.persist()
    try:
        count = int(wanted.count())
        if count:  # else there would be a snapshot of nothing
            wanted.createOrReplaceTempView("changes")
            spark.sql(statement)
        return count
    finally:
        wanted.unpersist()


def prepare(spark: SparkSession, table: EnhancedTable) -> None:
    """Give the table the columns that its contract has by now."""
    fields = spark.table(table.name).schema.fields
    there = {field.name: field.dataType.simpleString() for field in fields}
    for statement in table.evolution_sql(there):
        spark.sql(statement)


def expire(spark: SparkSession, table: EnhancedTable, before: datetime) -> None:
    """Drop the days that the lake keeps no longer."""
    old = spark.table(table.name).where(table.is_before(before))
    if not old.isEmpty():
        spark.sql(table.expire_sql(before))


def forget(spark: SparkSession, table: EnhancedTable, before: datetime) -> None:
    """Forget the snapshots that are too old to be asked for, and delete what only they hold."""
    kept = spark.table(f"{table.name}.snapshots").orderBy("committed_at").collect()[:-1]
    if any(each["committed_at"].astimezone(UTC) < before for each in kept):
        spark.sql(forget_sql(table.name, before))


def snapshot(spark: SparkSession, table: EnhancedTable) -> int | None:
    """Name the table's snapshot by now; None before the first."""
    found = spark.table(f"{table.name}.refs").where("name = 'main'").first()
    return int(found["snapshot_id"]) if found else None


if __name__ == "__main__":
    main(sys.argv)
