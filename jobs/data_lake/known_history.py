"""What was known of a visit's store and visitor before the visit's own moment. Pure."""

from datetime import timedelta

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

from data_lake import seen_faces
from data_lake.labelled_visits import known, micros

# What is summed up, by whom it is told of.
TOTALS = {
    "store": ("visits", "receipts", "cents", *seen_faces.TOTALS),
    "visitor": ("visits", "receipts"),
}
KINDS = tuple(TOTALS)


def with_history(
    visits: DataFrame, receipts: DataFrame, faces: DataFrame, window: timedelta
) -> DataFrame:
    """Add what became known of each visit's store and visitor within ``window`` of its moment.

    A record is known from its own time on, or from its arrival, whichever is later. The moment
    itself is outside the window, and so is whatever came of the visit itself. Of fewer faces than
    ``seen_faces.FEWEST`` nothing is told.
    """
    # Marks before records of the same microsecond.
    order = Window.partitionBy("kind", "name").orderBy("at", F.col("mark").isNull())
    until = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    sums = [F.sum(name).over(until).alias(name) for name in TOTALS["store"]]
    last = F.max("ended").over(until).alias("ended")
    lines = _lined_up(visits, receipts, faces, window)
    marked = lines.select("visit_id", "kind", "mark", last, *sums).where("mark IS NOT NULL")
    told = (
        marked.unionByName(own_receipts(receipts, window), allowMissingColumns=True)
        .groupBy("visit_id")
        .agg(
            F.max(F.when(F.col("kind") == "visitor", F.col("ended"))).alias("visitor_ended"),
            *(_between(kind, name) for kind, names in TOTALS.items() for name in names),
        )
    )
    since = F.unix_micros("moment") - F.col("visitor_ended")
    hours = F.round(since / micros(timedelta(hours=1)), 2)
    faces_told, ages_told = (
        F.col(f"store_{name}") >= seen_faces.FEWEST for name in ("faces", "aged")
    )
    derived = {
        "store_receipts_per_visit": _ratio("store_receipts", "store_visits", 4),
        "store_mean_amount": _ratio("store_cents", "store_receipts", 2, unit=100),
        "store_faces": F.when(faces_told, F.col("store_faces")).otherwise(0),
        **{
            f"store_{age}_share": F.when(ages_told, _ratio(f"store_{age}", "store_aged", 4))
            for age in ("young", "senior")
        },
        "visitor_hours_since": F.when(since <= micros(window), hours),
    }
    found = visits.join(told, "visit_id").withColumns(derived)
    counted = [f"store_{name}" for name in ("cents", "aged", "young", "senior")]
    return found.drop(*counted, "visitor_ended")


def own_receipts(receipts: DataFrame, window: timedelta) -> DataFrame:
    """Give what is to be taken away from a visit's sums again: receipts of its own, to the second.

    A till's clock may ring before the moment, and the sum of a store would tell the label.
    """
    moment, at = F.unix_micros("moment"), F.col("known")
    found = receipts.where((at < moment) & (at >= moment - micros(window)))
    values = {"kind": F.lit("store"), "mark": F.lit(-1), "visits": F.lit(0), "receipts": F.lit(1)}
    named = [value.alias(name) for name, value in values.items()]
    return found.select("visit_id", "cents", F.lit(None).cast("bigint").alias("ended"), *named)


def _lined_up(
    visits: DataFrame, receipts: DataFrame, faces: DataFrame, window: timedelta
) -> DataFrame:
    """Put all records of a store, or of a visitor, beside two marks of each visit, by time.

    One mark is where a window ends (1), one where it begins (-1): sums up to them differ by what
    lies between. A frame of so many hours would be summed anew at each row.
    """
    moment = F.unix_micros("moment")
    ends = visits.select("visit_id", *KINDS, moment.alias("time"), F.lit(1).alias("mark"))
    begins = ends.withColumns({"time": F.col("time") - micros(window), "mark": F.lit(-1)})
    seen = visits.select(
        *KINDS, known("moment").alias("time"), moment.alias("ended"), F.lit(1).alias("visits")
    )
    paid = receipts.select(
        *KINDS, F.col("known").alias("time"), "visitor_known", "cents", F.lit(1).alias("receipts")
    )
    # Whose receipt it is may be known later than the receipt.
    time = {"store": F.col("time"), "visitor": F.coalesce("visitor_known", "time")}
    of = [
        F.struct(F.lit(kind).alias("kind"), F.col(kind).alias("name"), time[kind].alias("at"))
        for kind in KINDS
    ]
    lines = ends.union(begins)
    watched = faces.select("store", F.col("known").alias("time"), *seen_faces.TOTALS)
    for records in (seen, paid, watched):
        lines = lines.unionByName(records, allowMissingColumns=True)
    lines = lines.withColumn("of", F.explode(F.array(*of)))
    named = lines.where("of.name IS NOT NULL")
    return named.select("visit_id", "mark", "ended", *TOTALS["store"], "of.*")


def _between(kind: str, name: str) -> Column:
    difference = F.col("mark") * F.coalesce(name, F.lit(0))
    return F.sum(F.when(F.col("kind") == kind, difference).otherwise(0)).alias(f"{kind}_{name}")


def _ratio(part: str, whole: str, digits: int, *, unit: int = 1) -> Column:
    """Divide, to so many digits; NULL for none of nothing, which strict SQL would raise for."""
    return F.round(F.col(part) / F.when(F.col(whole) > 0, F.col(whole) * unit), digits)
