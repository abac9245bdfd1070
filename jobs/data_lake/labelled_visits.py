"""Visits with their moment and their label: whether a receipt came of them in time. Pure."""

from datetime import timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have


def micros(length: timedelta) -> int:
    """Count the microseconds of a length of time."""
    return length // timedelta(microseconds=1)


def known(column: str) -> Column:
    """Write the microsecond from which on a record is known: its own time, or its arrival."""
    return F.greatest(F.unix_micros(column), F.unix_micros("arrived_at"))


def with_moment(visits: DataFrame, within: timedelta) -> DataFrame:
    """Add ``moment``, when a visit ends, and ``labelled_at``, until when a receipt is its own.

    What it did is seen by its moment, and no receipt is yet.
    """
    moment = F.unix_micros("entered_at") + F.col("seconds") * micros(timedelta(seconds=1))
    return visits.withColumns(
        {
            "moment": F.timestamp_micros(moment),
            "labelled_at": F.timestamp_micros(moment + micros(within)),
        }
    )


def receipts(purchases: DataFrame, visits: DataFrame) -> DataFrame:
    """Put each purchase beside the visit that it ended, which the lake need not know.

    ``known`` is the microsecond from which on the receipt is, ``visitor_known`` from which on it is
    known too whose it is, and ``is_label`` whether it counts for the visit's label.
    """
    cents = (F.col("amount") * 100).cast("bigint").alias("cents")
    paid = purchases.select("visit_id", "store", "paid_at", known("paid_at").alias("known"), cents)
    visit = visits.select(
        *("visit_id", "visitor", "entered_at", "moment", "labelled_at"),
        known("moment").alias("visit_known"),
    )
    return paid.join(visit, "visit_id", "left").withColumns(
        {
            "visitor_known": F.greatest("known", "visit_known"),
            "is_label": F.expr("paid_at >= entered_at AND paid_at < labelled_at"),
        }
    )


def labels(found: DataFrame) -> DataFrame:
    """Name the visits that a receipt counts for; it may come to the lake whenever it does.

    A label looks ahead, and no feature does.
    """
    return found.where("is_label").select("visit_id", F.lit(1).alias("label")).distinct()


def known_until(visits: DataFrame, purchases: DataFrame) -> DataFrame:
    """Give one row: the microsecond until which the lake knows of both, or NULL before.

    Their records tell it and no clock does, so that the same records give the same labels.
    """
    one, other = (frame.agg(F.max("arrived_at").alias("at")) for frame in (visits, purchases))
    both = one.crossJoin(other.withColumnRenamed("at", "other"))
    return both.selectExpr("unix_micros(IF(other < at, other, IF(other IS NULL, NULL, at))) AS at")
