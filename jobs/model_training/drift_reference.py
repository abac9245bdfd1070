"""What travels with a model for whoever watches it: how rows were drawn, how right it was. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_training.label_first import Rows
from model_training.learned_features import request_row
from model_training.scores import auc
from model_training.signature import Signature
from runtime.reference_summary import ReferenceSummary, summarize

FILE = "reference.json"
PREDICTION = {"name": "prediction", "kind": "number"}


def drift_reference(
    signature: Signature,
    train: Rows,
    test: Rows,
    predictions: NDArray[np.float64],
    threshold: float,
) -> dict[str, Any]:
    """Summarize the rows that were learnt from, and what is told of those that were not.

    ``features`` are of the training rows as requests have them; ``prediction``, ``label`` and
    ``right`` of the test rows, whose ``predictions`` these are. What has too few rows to compare
    with is None, and ``told`` says so. No row is kept.
    """
    features = [
        {"name": each.name, "kind": each.kind, "categories": list(each.categories)}
        for each in signature.features
    ]
    rows = [request_row(row, signature) for row in train.features]
    told = list[str]()
    right = int(((predictions >= threshold) == (test.labels > 0)).sum())
    return {
        "features": _summary(
            features, {name: [row[name] for row in rows] for name in signature.names}, told
        ),
        "prediction": _summary([PREDICTION], {"prediction": predictions.tolist()}, told),
        "label": {"positive": int((test.labels > 0).sum()), "rows": len(test.labels)},
        "right": {
            "right": right,
            "count": len(test.labels),
            "area": auc(test.labels, predictions),
        },
        "threshold": threshold,
        "told": told,
    }


def _summary(
    features: Sequence[Mapping[str, Any]], columns: Mapping[str, Sequence[Any]], told: list[str]
) -> dict[str, Any] | None:
    try:
        found: ReferenceSummary = summarize(features, columns)
    except ValueError as error:
        told.append(str(error))
        return None
    return found.document()
