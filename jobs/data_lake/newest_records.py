"""Of several deliveries of a record the newest, whatever order they came in. Pure."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

# What tells which of two deliveries is newer, as the views of the lake have it: the later
# arrival; of two files of one moment, and of two lines of one file, the first.
NEWNESS = ("arrived_at", "source_id", "source_line")


def newest(records: DataFrame, key: Sequence[str]) -> DataFrame:
    """Take each key once."""
    arrived, source, line = NEWNESS
    order = Window.partitionBy(*key).orderBy(F.col(arrived).desc(), source, line)
    numbered = records.withColumn("delivery", F.row_number().over(order))
    return numbered.where("delivery = 1").drop("delivery")


def changes(found: DataFrame, table: DataFrame, key: Sequence[str]) -> DataFrame:
    """Take the records that the table lacks, or has an older delivery of."""
    new, old = found.alias("new"), table.select(*key, *NEWNESS).alias("old")
    same = reduce(Column.__and__, (F.col(f"new.{name}") == F.col(f"old.{name}") for name in key))
    lacking = F.col(f"old.{key[0]}").isNull()
    return new.join(old, same, "left").where(lacking | F.expr(newer("new", "old"))).select("new.*")


def newer(one: str, other: str) -> str:
    """Write the condition, in SQL, that one delivery is newer than another of the same key."""
    arrived, source, line = NEWNESS
    return (
        f"({one}.{arrived} > {other}.{arrived}"
        f" OR ({one}.{arrived} = {other}.{arrived} AND ({one}.{source} < {other}.{source}"
        f" OR ({one}.{source} = {other}.{source} AND {one}.{line} < {other}.{line}))))"
    )
