"""Report what predictions come from, how groups are treated, how rows were drawn: a script."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model_training.bias import disparities
from model_training.contributions import additive_error, importance
from model_training.drift_reference import FILE as REFERENCE
from model_training.drift_reference import drift_reference
from model_training.label_first import GROUPS, read_rows
from model_training.packed_model import FILE, open_model
from model_training.scores import slices

MOST = 20_000  # rows that are explained, evenly chosen


def main(arguments: Sequence[str]) -> None:
    """Write ``explainability.json`` and ``bias.json`` of the test rows, and ``reference.json``."""
    options = _options(arguments)
    model = open_model(options.model / FILE)
    rows = read_rows(options.rows, len(model.signature.names))
    values = rows.features[_chosen(len(rows.labels))]
    moved = model.contributions(values)
    features = importance(moved, values, model.signature.names)
    found = {
        "method": "SHAP values of the trees (xgboost's pred_contribs), in log odds",
        "rows": len(values),
        "bias": float(moved[0, -1]) if len(moved) else None,
        "additive_error": additive_error(moved, model.predict(values)),
        "features": features,
    }
    groups = json.loads((options.groups / GROUPS).read_bytes())
    predictions = model.predict(rows.features)
    scored = slices(rows.labels, predictions, groups, options.threshold, options.fewest)
    bias = {
        "threshold": options.threshold,
        "disparities": disparities(scored),
        "slices": scored,
    }
    learnt = read_rows(options.train, len(model.signature.names))
    reference = drift_reference(model.signature, learnt, rows, predictions, options.threshold)
    options.out.mkdir(parents=True, exist_ok=True)
    reports = {"explainability.json": found, "bias.json": bias, REFERENCE: reference}
    for name, report in reports.items():
        (options.out / name).write_text(json.dumps(report, indent=1, allow_nan=False))
    print(f"explained rows={len(values)}; strongest={features[0]['feature']};")


def _chosen(rows: int) -> slice | list[int]:
    if rows <= MOST:
        return slice(None)
    return [int(each) for each in np.linspace(0, rows - 1, MOST)]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("model", "rows", "train", "groups", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--threshold", type=float, required=True, help="a yes from here on")
    parser.add_argument("--fewest", type=int, required=True, help="rows of a slice that is scored")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
