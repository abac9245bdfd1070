"""Days that are merged anew: of every record in them, what the modeled zone says by now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Self

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

from data_lake.newest_records import NEWNESS, newest

NEW = "new"  # the argument that names no days
GONE = "gone"


@dataclass(frozen=True, slots=True)
class PastDays:
    """Days by their dates, in UTC, the last one included."""

    first: date
    last: date

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read the job's argument, ``2026-11-01/2026-11-03``; ``new`` is None.

        Raises ValueError for what is no such range.
        """
        if text == NEW:
            return None
        try:
            first, last = (date.fromisoformat(part) for part in text.split("/"))
        except ValueError:
            raise ValueError(f"--days is {text!r}; want {NEW} or 2026-11-01/2026-11-03") from None
        if first > last:
            raise ValueError(f"--days is {text!r}: it ends before it begins")
        return cls(first, last)

    def hold(self, column: str) -> Column:
        """Tell whether a moment, or a day, is within them; such that partitions are left out."""
        return (F.col(column) >= F.lit(self.first)) & (
            F.col(column) < F.lit(self.last + timedelta(days=1))
        )


def corrections(
    records: DataFrame, table: DataFrame, key: Sequence[str], partition: str, days: PastDays
) -> DataFrame:
    """Give what makes the table right for every key that has a record in these days, there or here.

    ``records`` are all deliveries. A row has the columns of the table, whether it is ``gone``, and
    as ``was_`` columns what the table has of its key: a delivery that no longer is may be newer.
    """
    there = table.where(days.hold(partition)).select(*key)
    here = records.where(days.hold("day")).select(*key)
    keys = here.union(there).distinct()
    wanted = newest(records.join(keys, [*key], "left_semi"), key).select(*table.columns)
    had = table.join(keys, [*key], "left_semi")
    other = wanted.exceptAll(had).withColumn(GONE, F.lit(False))
    gone = had.join(wanted, [*key], "left_anti").withColumn(GONE, F.lit(True))
    was = had.select(
        *(F.col(name).alias(f"key_{name}") for name in key),
        *(F.col(name).alias(f"was_{name}") for name in NEWNESS),
    )
    same = reduce(Column.__and__, (F.col(name) == F.col(f"key_{name}") for name in key))
    joined = other.unionByName(gone).join(was, same, "left")
    return joined.drop(*(f"key_{name}" for name in key))


def correction_sql(table: str, columns: Sequence[str], key: Sequence[str], source: str) -> str:
    """Write the statement that applies corrections, to rows that are as they were read."""
    same = " AND ".join(f"t.`{name}` = s.`{name}`" for name in key)
    untouched = " AND ".join(f"t.{name} = s.was_{name}" for name in NEWNESS)
    names = ", ".join(f"`{name}`" for name in columns)
    values = ", ".join(f"s.`{name}`" for name in columns)
    assigned = ", ".join(f"`{name}` = s.`{name}`" for name in columns)
    return (
        f"MERGE INTO {table} t USING {source} s ON {same} "  # noqa: S608 (checked names)
        f"WHEN MATCHED AND {untouched} AND s.{GONE} THEN DELETE "
        f"WHEN MATCHED AND {untouched} THEN UPDATE SET {assigned} "
        f"WHEN NOT MATCHED AND NOT s.{GONE} THEN INSERT ({names}) VALUES ({values})"
    )
