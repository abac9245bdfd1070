"""Training rows of visits and receipts: features, label and split, and what was fitted. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

from data_lake.fitted_values import FittedValues, fit
from data_lake.known_history import with_history
from data_lake.labelled_visits import labels, receipts, with_moment
from data_lake.time_split import TimeSplit, hours, split_at
from data_lake.training_table import CATEGORIES, COLUMNS, GAPS


@dataclass(frozen=True, slots=True)
class Rules:
    """What a training set is made by."""

    window_days: int  # of what was known before a visit
    label_minutes: int  # after a visit, within which a receipt counts
    validation_percent: int
    test_percent: int


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """The rows with the columns of the table, and what the manifest tells of them."""

    rows: DataFrame
    labelled: int  # how many there are, with those that belong to no split
    split: TimeSplit
    fitted: FittedValues


def examples(visits: DataFrame, purchases: DataFrame, faces: DataFrame, rules: Rules) -> DataFrame:
    """Give every visit its features as they were at its moment, not fitted, and its label."""
    ended = with_moment(visits, timedelta(minutes=rules.label_minutes))
    paid = receipts(purchases, ended)
    found = with_history(ended, paid, faces, timedelta(days=rules.window_days))
    return found.join(labels(paid), "visit_id", "left").withColumns(
        {
            "label": F.coalesce("label", F.lit(0)),
            "hour": F.hour("entered_at"),
            "weekday": F.dayofweek("entered_at"),
            "temperature": F.round("temperature", 4),
        }
    )


def training_rows(found: DataFrame, as_of: int | None, rules: Rules) -> TrainingRows:
    """Split the examples whose label is known by a microsecond, and fit on the training split.

    ``found`` is read several times.
    """
    closed = found.where(F.unix_micros("labelled_at") <= F.lit(as_of).cast("bigint"))
    counted = {row["hour"]: row["rows"] for row in hours(closed, "moment").collect()}
    split = split_at(counted, rules.validation_percent, rules.test_percent)
    placed = closed.withColumn("split", split.of("moment", "labelled_at")).where(
        "split IS NOT NULL"
    )
    fitted = fit(placed.where("split = 'train'"), gaps=GAPS, categories=CATEGORIES)
    rows = fitted.applied_to(placed).select(*COLUMNS)
    return TrainingRows(rows, sum(counted.values()), split, fitted)
