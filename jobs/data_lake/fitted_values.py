"""What is learned of the training split alone: fills of gaps, and codes of categories. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own pages have

MOST_CATEGORIES = 1000  # of one column; what is rarer is coded as unknown
UNKNOWN = 0


@dataclass(frozen=True, slots=True)
class FittedValues:
    """``fills`` has a number by column; ``codes`` has categories by column, code 1 the first."""

    fills: Mapping[str, float]
    codes: Mapping[str, Sequence[str]]

    def applied_to(self, rows: DataFrame) -> DataFrame:
        """Fill gaps, and put a column ``<name>_code`` beside each of categories.

        A category that the training split does not have, or none, is 0.
        """
        filled = {name: F.coalesce(name, F.lit(value)) for name, value in self.fills.items()}
        coded = {f"{name}_code": _code(name, found) for name, found in self.codes.items()}
        return rows.withColumns({**filled, **coded})


def fit(train: DataFrame, *, gaps: Sequence[str], categories: Sequence[str]) -> FittedValues:
    """Learn from these rows: medians, and categories by how often they come.

    A column with nothing in it is filled with 0.
    """
    medians = [F.expr(f"percentile(`{name}`, 0.5)").alias(name) for name in gaps]
    (found,) = train.agg(*medians).collect()
    return FittedValues(
        {name: round(found[name] or 0.0, 4) for name in gaps},
        {name: _ranked(train, name) for name in categories},
    )


def _ranked(train: DataFrame, name: str) -> list[str]:
    counted = train.where(F.col(name).isNotNull()).groupBy(name).count()
    most = counted.orderBy(F.col("count").desc(), name).limit(MOST_CATEGORIES)
    return [row[name] for row in most.collect()]


def _code(name: str, categories: Sequence[str]) -> Column:
    if not categories:
        return F.lit(UNKNOWN)
    pairs = [
        part for code, found in enumerate(categories, 1) for part in (F.lit(found), F.lit(code))
    ]
    return F.coalesce(F.try_element_at(F.create_map(*pairs), F.col(name)), F.lit(UNKNOWN))
