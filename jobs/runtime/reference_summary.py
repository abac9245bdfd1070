"""What is kept of the rows that a model has learnt from, to compare others with. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from runtime.columns import present, rows_of
from runtime.safe_bins import CategoryBins, NumberBins

LEVELS = 500  # quantiles kept: a distance is known to within a five-hundredth
FEWEST_ROWS = 500
REPEATS = 0.01  # numbers of which one value has a larger share are binned, as counts are


@dataclass(frozen=True, slots=True)
class FeatureSummary:
    """One feature: ``missing`` of all rows, and quantiles, or bins with their counts."""

    name: str
    kind: str
    held: int
    missing: int
    low: float | None = None
    high: float | None = None
    quantiles: tuple[float, ...] = ()
    bins: NumberBins | CategoryBins | None = None
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceSummary:
    """All features of a training set.

    No row is kept: quantiles of numbers that hardly repeat, counts in bins of all else.
    """

    rows: int
    features: tuple[FeatureSummary, ...]

    def document(self) -> dict[str, Any]:
        """Return it as what JSON can say."""
        return {"rows": self.rows, "features": [asdict(each) for each in self.features]}


def summarize(
    features: Sequence[Mapping[str, Any]], columns: Mapping[str, Sequence[Any]]
) -> ReferenceSummary:
    """Summarize rows by the features of a model's signature: ``name``, ``kind``, ``categories``.

    Raises ValueError for too few rows to compare with, or a feature that they lack.
    """
    rows = rows_of(columns)
    absent = [each["name"] for each in features if each["name"] not in columns]
    if absent or rows < FEWEST_ROWS:
        raise ValueError(
            f"a reference of {rows} rows without {absent or 'nothing'}; allowed: at least "
            f"{FEWEST_ROWS} rows with every feature; summarize the set that the model learnt from"
        )
    return ReferenceSummary(rows, tuple(_summary(each, columns[each["name"]]) for each in features))


def _summary(feature: Mapping[str, Any], column: Sequence[Any]) -> FeatureSummary:
    name, kind = feature["name"], feature["kind"]
    cells, missing = present(column, kind)
    if kind == "category":
        categories = CategoryBins(tuple(feature["categories"]))
        counts = tuple(categories.count(cells))
        return FeatureSummary(name, kind, len(cells), missing, bins=categories, counts=counts)
    if not len(cells):
        return FeatureSummary(name, kind, 0, missing)
    low, high = float(cells.min()), float(cells.max())
    most = np.unique(cells, return_counts=True)[1].max() / len(cells)
    if kind == "number" and most <= REPEATS:
        levels = np.linspace(0, 1, LEVELS + 1)
        quantiles = tuple(np.quantile(cells, levels).tolist())
        return FeatureSummary(name, kind, len(cells), missing, low, high, quantiles)
    numbers = NumberBins.of(cells)
    return FeatureSummary(
        name, kind, len(cells), missing, low, high, bins=numbers, counts=tuple(numbers.count(cells))
    )


def read_summary(document: Mapping[str, Any]) -> ReferenceSummary:
    """Read what ``document`` wrote."""
    return ReferenceSummary(document["rows"], tuple(_read(each) for each in document["features"]))


def _read(told: Mapping[str, Any]) -> FeatureSummary:
    fields = dict(told)
    bins = fields["bins"]
    if bins is not None:
        kind = CategoryBins if "names" in bins else NumberBins
        fields["bins"] = kind(**{name: tuple(values) for name, values in bins.items()})
    for name in ("quantiles", "counts"):
        fields[name] = tuple(fields[name])
    return FeatureSummary(**fields)
