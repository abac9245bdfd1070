"""Train the model, and write what an archive holds but the code."""

import sys
from pathlib import Path

import numpy as np
import xgboost

from benchmarks.model_hosting.servers import model
from model_training.known_rows import KnownRows
from model_training.signature import NUMBER, Feature, Signature


def main(folder: Path) -> None:
    """Train it, and write what an archive holds but the code."""
    draw = np.random.default_rng(1)
    floats = draw.normal(size=(5000, model.COLUMNS)).astype(np.float32)
    labels = floats[:, :5].sum(axis=1) + draw.normal(size=len(floats)) > 0
    parameters = {"objective": "binary:logistic", "max_depth": model.DEPTH, "nthread": 1, "seed": 1}
    matrix = xgboost.DMatrix(floats, labels, feature_names=model.NAMES)
    booster = xgboost.train(parameters, matrix, num_boost_round=model.TREES)
    booster.save_model(folder / "model.json")
    features = tuple(Feature(name, NUMBER, nullable=True) for name in model.NAMES)
    training_set = dict.fromkeys(("content_hash", "snapshot_id", "manifest"), "made up")
    library = {"xgboost": xgboost.__version__}
    told = Signature(features, "label", 1, library, training_set)
    known = model.rows(5)
    predictions = booster.inplace_predict(np.array(known, np.float32)).tolist()
    objects = tuple(dict(zip(model.NAMES, row, strict=True)) for row in known)
    (folder / "signature.json").write_bytes(told.document())
    (folder / "known_rows.json").write_bytes(KnownRows(objects, tuple(predictions)).document())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
