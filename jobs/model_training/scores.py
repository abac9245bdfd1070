"""How good predictions of a yes or no are; what one class alone cannot tell is None. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
BINS = 10  # of the calibration
POINTS = 100  # of a ROC curve at most
_SMALLEST = 1e-15  # what a probability is taken for that is 0


class ScoreError(ValueError):
    """Labels and predictions that cannot be compared; its text says why."""


def scores(labels: Numbers, predictions: Numbers, threshold: float) -> dict[str, Any]:
    """Score predictions, which are probabilities, against labels of 0 and 1.

    Gives ``rows``, ``positives``, ``auc``, ``log_loss``, ``brier``, ``confusion`` and the rates at
    the threshold (a prediction of it or more is a yes), ``calibration`` and its error.
    """
    labels, predictions = _checked(labels, predictions)
    bins = list(_calibration(labels, predictions))
    confusion = _confusion(labels, predictions, threshold)
    return {
        "rows": len(labels),
        "positives": int(labels.sum()),
        "auc": auc(labels, predictions),
        "log_loss": _log_loss(labels, predictions),
        "brier": float(np.mean((labels - predictions) ** 2)) if len(labels) else None,
        "threshold": threshold,
        "confusion": confusion,
        **_rates(confusion),
        "calibration": bins,
        "calibration_error": _calibration_error(bins),
        "told": told(labels),
    }


def told(labels: Numbers) -> str | None:
    """Say why there is no curve, if there is none."""
    if not len(labels):
        return "no rows"
    if labels.min() == labels.max():
        return f"one class: all labels are {int(labels[0])}"
    return None


def auc(labels: Numbers, predictions: Numbers) -> float | None:
    """Return the chance that a positive row has the higher prediction; a tie counts half."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    _, groups, sizes = np.unique(predictions, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[groups]
    above = float(ranks[labels == 1].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def roc(labels: Numbers, predictions: Numbers) -> list[list[float]]:
    """Return points of the ROC curve, false before true positive rate; none of one class."""
    labels, predictions = _checked(labels, predictions)
    if told(labels):
        return []
    order = np.argsort(-predictions, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(predictions[order])), len(labels) - 1)
    hits = np.cumsum(labels[order])[ends]
    misses = ends + 1 - hits
    curve = [[0.0, 0.0], *zip(misses / misses[-1], hits / hits[-1], strict=True)]
    chosen = np.unique(np.linspace(0, len(curve) - 1, min(POINTS, len(curve))).round().astype(int))
    return [[float(x), float(y)] for x, y in (curve[i] for i in chosen)]


def slices(
    labels: Numbers,
    predictions: Numbers,
    groups: Mapping[str, Sequence[Any]],
    threshold: float,
    fewest: int,
) -> dict[str, list[dict[str, Any]]]:
    """Score the rows of each value of each group; those of fewer rows are counted, not scored."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, values in groups.items():
        column = np.array([str(value) for value in values])
        found[name] = []
        for value in sorted(set(column)):
            chosen = column == value
            part: dict[str, Any] = {"value": value, "rows": int(chosen.sum())}
            if part["rows"] >= fewest:
                scored = scores(labels[chosen], predictions[chosen], threshold)
                kept = ("positives", "auc", "log_loss", "recall", "false_positive_rate", "told")
                part |= {key: scored[key] for key in kept}
                part["predicted"] = float(np.mean(predictions[chosen] >= threshold))
            else:
                part["told"] = f"fewer than {fewest} rows"
            found[name].append(part)
    return found


def _checked(labels: Numbers, predictions: Numbers) -> tuple[Numbers, Numbers]:
    labels, predictions = np.asarray(labels, float), np.asarray(predictions, float)
    if labels.shape != predictions.shape:
        raise ScoreError(f"{labels.shape} labels for {predictions.shape} predictions")
    if not np.isin(labels, (0, 1)).all():
        raise ScoreError("a label is neither 0 nor 1")
    if not ((predictions >= 0) & (predictions <= 1)).all():
        raise ScoreError("a prediction is no probability from 0 to 1")
    return labels, predictions


def _log_loss(labels: Numbers, predictions: Numbers) -> float | None:
    if not len(labels):
        return None
    safe = np.clip(predictions, _SMALLEST, 1 - _SMALLEST)
    return float(-np.mean(labels * np.log(safe) + (1 - labels) * np.log(1 - safe)))


def _confusion(labels: Numbers, predictions: Numbers, threshold: float) -> dict[str, int]:
    yes = predictions >= threshold
    true = labels == 1
    return {
        "true_positives": int((yes & true).sum()),
        "false_positives": int((yes & ~true).sum()),
        "true_negatives": int((~yes & ~true).sum()),
        "false_negatives": int((~yes & true).sum()),
    }


def _rates(found: Mapping[str, int]) -> dict[str, float | None]:
    hits, alarms = found["true_positives"], found["false_positives"]
    rejected, misses = found["true_negatives"], found["false_negatives"]
    return {
        "accuracy": _share(hits + rejected, hits + rejected + alarms + misses),
        "precision": _share(hits, hits + alarms),
        "recall": _share(hits, hits + misses),
        "false_positive_rate": _share(alarms, alarms + rejected),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _calibration(labels: Numbers, predictions: Numbers) -> Iterator[dict[str, Any]]:
    places = np.minimum((predictions * BINS).astype(int), BINS - 1)
    for place in range(BINS):
        chosen = places == place
        if rows := int(chosen.sum()):
            yield {
                "from": place / BINS,
                "rows": rows,
                "predicted": float(predictions[chosen].mean()),
                "observed": float(labels[chosen].mean()),
            }


def _calibration_error(bins: Sequence[Mapping[str, Any]]) -> float | None:
    total = sum(found["rows"] for found in bins)
    apart = sum(found["rows"] * abs(found["predicted"] - found["observed"]) for found in bins)
    return apart / total if total else None
