"""Faces that cameras saw in stores, as known from when on. Pure."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

SURE_PERCENT = 90  # of a face, from which its age counts, which has no sureness of its own
FEWEST = 5  # faces that are told of together; fewer could tell of one person
YOUNG_BELOW, SENIOR_FROM = 20, 65  # years, of the middle of a face's range
TOTALS = ("faces", "aged", "young", "senior")
COLUMNS = {"store": "string", **dict.fromkeys(("known", *TOTALS), "bigint")}
_MOMENT = "yyyy-MM-dd HH:mm:ss.SSS"


def seen_faces(rows: DataFrame) -> DataFrame:
    """Count faces by store and by the microsecond from which on they are known.

    ``rows`` are those of ``detections``, all of text. A frame that was analysed twice counts as it
    was the first time. It is known once it is analysed, or by its own time, if that is later.
    """
    order = Window.partitionBy("frame_id").orderBy("analyzed_at", "batch_id")
    first = rows.withColumn("analysis", F.rank().over(order)).where("analysis = 1")
    moments = [F.unix_micros(_moment(name)) for name in ("captured_at", "analyzed_at")]
    middle = (_number("age_low") + _number("age_high")) / 2
    is_face = F.length("face_index") > 0
    is_aged = is_face & (_number("face_confidence") >= SURE_PERCENT) & middle.isNotNull()
    counted = {
        "faces": is_face,
        "aged": is_aged,
        "young": is_aged & (middle < YOUNG_BELOW),
        "senior": is_aged & (middle >= SENIOR_FROM),
    }
    told = first.select(
        F.url_decode("store").alias("store"),
        F.greatest(*moments).alias("known"),
        *(F.when(is_so, 1).otherwise(0).alias(name) for name, is_so in counted.items()),
    )
    sums = [F.sum(name).cast("bigint").alias(name) for name in TOTALS]
    return told.where("known IS NOT NULL").groupBy("store", "known").agg(*sums)


def _moment(name: str) -> Column:
    return F.try_to_timestamp(F.col(name), F.lit(_MOMENT))


def _number(name: str) -> Column:
    return F.expr(f"try_cast({name} AS double)")
