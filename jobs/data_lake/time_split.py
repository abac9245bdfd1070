"""Train, validation and test, one after another in time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

SPLITS = ("train", "validation", "test")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Where validation and test begin, in seconds since 1970; None where there is none of them."""

    validation_from: int | None
    test_from: int | None

    @property
    def spoken(self) -> dict[str, str | None]:
        """Tell the boundaries as a person reads times."""
        named = {"validation_from": self.validation_from, "test_from": self.test_from}
        return {
            name: None if at is None else (_EPOCH + timedelta(seconds=at)).isoformat()
            for name, at in named.items()
        }

    def of(self, moment: str, labelled_at: str) -> Column:
        """Name the split of a row, NULL for one that belongs to none.

        That is one whose label was still open when the next split began: a model that learns from
        it would know of the time that it is judged by.
        """
        begins = {"train": None, "validation": self.validation_from, "test": self.test_from}
        later = [at for at in begins.values() if at is not None]
        found = F.lit(None).cast("string")
        for name, since in begins.items():
            if name != "train" and since is None:
                continue
            until = min((at for at in later if since is None or at > since), default=None)
            closed = F.lit(True) if until is None else _at(labelled_at) <= until * 1_000_000
            is_in = F.lit(True) if since is None else _at(moment) >= since * 1_000_000
            found = F.when(is_in, F.when(closed, F.lit(name))).otherwise(found)
        return found


def hours(rows: DataFrame, moment: str) -> DataFrame:
    """Count the rows of each hour, by its number since 1970."""
    hour = F.expr(f"unix_micros(`{moment}`) div {_HOUR * 1_000_000}")
    return rows.groupBy(hour.alias("hour")).agg(F.count("*").alias("rows"))


def split_at(rows: Mapping[int, int], validation_percent: int, test_percent: int) -> TimeSplit:
    """Find the full hours at which the last shares of the rows begin.

    ``rows`` are counted by the number of their hour. A split may be smaller than its share by an
    hour's rows; the training split is not, and what there is too little for comes to it.
    """
    if not rows:
        return TimeSplit(None, None)
    total, before, begins = sum(rows.values()), 0, list[int | None]()
    shares = [100 - validation_percent - test_percent, 100 - test_percent]
    last = max(rows)
    for hour in sorted(rows):
        before += rows[hour]
        while len(begins) < len(shares) and before * 100 >= total * shares[len(begins)]:
            begins.append((hour + 1) * _HOUR if hour < last else None)
    validation, test = begins
    return TimeSplit(None if validation == test else validation, test)


def _at(column: str) -> Column:
    return F.unix_micros(column)
