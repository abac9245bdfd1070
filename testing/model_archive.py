"""A small model of made-up visits in an archive's folder, as training leaves it."""

from pathlib import Path
from typing import Any

import numpy as np

from model_training.known_rows import KnownRows
from model_training.row_plan import RowPlan
from model_training.signature import CATEGORY, COUNT, FLAG, MISSING, NUMBER, Feature, Signature

STORES, AGES = ("zürich-hb", "bern", 'a, "b"'), ("0-17", "18-39", "40+")
FEATURES = (
    Feature("hour", COUNT),
    Feature("temperature", NUMBER, nullable=True),
    Feature("is_weekend", FLAG),
    Feature("store", CATEGORY, categories=STORES),
    Feature("age_band", CATEGORY, nullable=True, categories=AGES, unknown=MISSING),
    Feature("receipts", COUNT, nullable=True),
)


def signature(library: str) -> Signature:
    """Tell what the model takes, and which release of xgboost trained it."""
    training_set = {"content_hash": "0" * 64, "snapshot_id": "1", "manifest": "manifests/0.json"}
    return Signature(FEATURES, "label", 1, {"xgboost": library}, training_set)


def visits(count: int, seed: int) -> list[dict[str, Any]]:
    """Make rows as a request has them, with gaps."""
    draw = np.random.default_rng(seed)

    def maybe(value: Any) -> Any:
        return None if draw.random() < 0.1 else value

    return [
        {
            "hour": int(draw.integers(24)),
            "temperature": maybe(round(float(draw.normal(15, 8)), 2)),
            "is_weekend": bool(draw.random() < 0.3),
            "store": STORES[draw.integers(len(STORES))],
            "age_band": maybe(AGES[draw.integers(len(AGES))]),
            "receipts": maybe(int(draw.poisson(2))),
        }
        for _ in range(count)
    ]


def labels_of(floats: Any) -> Any:
    """Say which of the rows, as a model sees them, end in a purchase."""
    return (floats[:, 0] > 12) & (np.nan_to_num(floats[:, 1]) > 10) | (floats[:, 3] == 1)


def write_archive(folder: Path) -> None:
    """Train on made-up visits, and write what an archive holds but the code."""
    import xgboost

    told = signature(xgboost.__version__)
    plan, rows = RowPlan(told), visits(500, seed=1)
    floats = plan.of_objects(rows).floats
    matrix = xgboost.DMatrix(floats, labels_of(floats), feature_names=told.names)
    parameters = {"objective": "binary:logistic", "max_depth": 4, "nthread": 1, "seed": 1}
    booster = xgboost.train(parameters, matrix, num_boost_round=30)
    booster.save_model(folder / "model.json")
    predictions = booster.inplace_predict(floats[:5]).tolist()
    (folder / "signature.json").write_bytes(told.document())
    known = KnownRows(tuple(rows[:5]), tuple(predictions))
    (folder / "known_rows.json").write_bytes(known.document())
