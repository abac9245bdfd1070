"""Bins for values that repeat: counts, zero-inflated numbers, flags, categories. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from runtime.columns import Texts, Values

ATOM = 0.05  # a value of this share of the rows or more is a bin
QUANTILES = 10  # bins of all other values


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
