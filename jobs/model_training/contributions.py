"""What predictions come from, feature by feature. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS = 10  # of a feature's values, from the lowest tenth to the highest


def importance(
    contributions: NDArray[np.float64], features: NDArray[np.float64], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Tell of each feature how much it moves predictions, the strongest first.

    ``contributions`` are SHAP values in log odds with the bias as last column. ``direction`` is the
    correlation of a feature's values with what they contribute, None where either never changes.
    """
    found = []
    for place, name in enumerate(names):
        moved, values = contributions[:, place], features[:, place]
        found.append(
            {
                "feature": name,
                "mean_absolute": float(np.abs(moved).mean()) if len(moved) else None,
                "direction": _correlation(values, moved),
                "by_value": _by_value(values, moved),
            }
        )
    return sorted(found, key=lambda each: (-(each["mean_absolute"] or 0), each["feature"]))


def additive_error(
    contributions: NDArray[np.float64], predictions: NDArray[np.float64]
) -> float | None:
    """Tell how far contributions, summed up, are from the prediction at most."""
    if not len(predictions):
        return None
    summed = 1 / (1 + np.exp(-contributions.sum(axis=1)))
    return float(np.abs(summed - predictions).max())


def _correlation(values: NDArray[np.float64], moved: NDArray[np.float64]) -> float | None:
    there = ~np.isnan(values)
    x, y = values[there], moved[there]
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def _by_value(values: NDArray[np.float64], moved: NDArray[np.float64]) -> list[list[float]]:
    """Tell mean value and mean contribution of equal parts of the rows, by value."""
    there = np.flatnonzero(~np.isnan(values))
    order = there[np.argsort(values[there], kind="stable")]
    parts = [part for part in np.array_split(order, STEPS) if len(part)]
    return [[float(values[part].mean()), float(moved[part].mean())] for part in parts]
