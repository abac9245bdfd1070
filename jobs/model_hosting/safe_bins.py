"""Bins for values that repeat: counts, zero-inflated numbers, flags, categories. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from model_hosting.columns import Texts, Values

ATOM = 0.05  # a value of this share of the rows or more is a bin
QUANTILES = 10  # bins of all other values
FEWEST_EXPECTED = 5  # of a cell of a chi-square test: below, its distribution is another


@dataclass(frozen=True, slots=True)
class NumberBins:
    """A bin for each of ``atoms``, then one below, between and above the ``edges``.

    Quantiles of values that repeat coincide, and new values lie beyond the outermost: edges that
    are the same are one edge, the outer bins are open, and what many rows share is an atom.
    """

    atoms: tuple[float, ...]
    edges: tuple[float, ...]

    @classmethod
    def of(cls, values: Values) -> "NumberBins":
        """Find bins that hold about the same number of these values, none of which is missing."""
        found, counts = np.unique(values, return_counts=True)
        atoms = found[counts >= max(2.0, ATOM * len(values))]
        rest = values[~np.isin(values, atoms)]
        levels = np.arange(1, QUANTILES) / QUANTILES
        edges = np.unique(np.quantile(rest, levels)) if len(rest) else rest
        return cls(tuple(atoms.tolist()), tuple(edges.tolist()))

    def count(self, values: Values) -> list[int]:
        """Count the values in each bin; every number is in one, infinities too."""
        atoms = np.asarray(self.atoms)
        places: Any = len(atoms) + np.searchsorted(np.asarray(self.edges), values, side="right")
        for index, atom in enumerate(atoms):
            places[values == atom] = index
        counts: list[int] = np.bincount(places, minlength=len(atoms) + len(self.edges) + 1).tolist()
        return counts


@dataclass(frozen=True, slots=True)
class CategoryBins:
    """A bin for each of these texts, and one for all others."""

    names: tuple[str, ...]

    def count(self, texts: Texts) -> list[int]:
        """Count the texts in each bin."""
        places = {name: index for index, name in enumerate(self.names)}
        counts = [0] * (len(self.names) + 1)
        for text in texts:
            counts[places.get(text, len(self.names))] += 1
        return counts


def joined(reference: Sequence[int], window: Sequence[int]) -> Any:
    """Return a table of both with the smallest bins joined, until the test of it is a fair one.

    Shape (2, bins); one bin is left where there is too little for two.
    """
    table = np.array([reference, window], dtype=np.int64)
    order = np.argsort(table.sum(axis=0), kind="stable")
    table = table[:, order]
    table = table[:, table.sum(axis=0) > 0]
    share = table.sum(axis=1).min() / table.sum()
    while table.shape[1] > 1 and table[:, 0].sum() * share < FEWEST_EXPECTED:
        first = table[:, :2].sum(axis=1, keepdims=True)
        table = np.hstack([first, table[:, 2:]])
        table = table[:, np.argsort(table.sum(axis=0), kind="stable")]
    return table


def chi_square(table: Any) -> float:
    """Return the p-value of both rows being drawn alike; 1 of a table with one bin."""
    if table.shape[1] < 2:
        return 1.0
    return float(stats.chi2_contingency(table, correction=False)[1])


def stability_index(table: Any) -> float:
    """Return the population stability index; half a row stands in each bin that has none."""
    shares = (table + 0.5) / (table + 0.5).sum(axis=1, keepdims=True)
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
