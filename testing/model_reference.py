"""What travels with the small model for whoever watches it, as training writes it."""

import json
from pathlib import Path

import numpy as np

from model_training.drift_reference import drift_reference
from model_training.label_first import Rows
from model_training.packed_model import Model
from model_training.row_plan import RowPlan
from model_training.signature import read_signature
from testing.model_archive import labels_of, visits

LEARNT, TESTED = 3_000, 800


def reference(folder: Path) -> bytes:
    """Summarize made-up visits, and what the model of an archive's folder tells of others."""
    import xgboost

    signature = read_signature((folder / "signature.json").read_bytes())
    booster = xgboost.Booster(model_file=folder / "model.json")
    plan, found = RowPlan(signature), []
    for count, seed in ((LEARNT, 11), (TESTED, 12)):
        floats = np.asarray(plan.of_objects(visits(count, seed)).floats, float)
        found.append(Rows(labels_of(floats).astype(float), floats))
    train, test = found
    predictions = Model(booster, signature).predict(test.features)
    told = drift_reference(signature, train, test, predictions, 0.5)
    return json.dumps(told).encode()
