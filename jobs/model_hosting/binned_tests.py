"""Tests of counts in bins. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

FEWEST_EXPECTED = 5  # of a cell of a chi-square test: below, its distribution is another


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
