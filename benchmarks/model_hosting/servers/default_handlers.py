"""What the toolkit cannot do without: a model. Bodies and answers are read and written by it."""

from pathlib import Path
from typing import Any

import numpy as np
import xgboost


def model_fn(model_dir: str) -> Any:
    """Load the model, for one thread as ours is."""
    booster = xgboost.Booster(model_file=str(Path(model_dir) / "model.json"))
    booster.set_param({"nthread": 1})
    return booster


def predict_fn(values: Any, model: Any) -> Any:
    """Tell a number for each row of what the toolkit read."""
    rows = np.atleast_2d(values)  # it reads one row of CSV as no matrix
    return model.inplace_predict(rows, missing=np.nan, validate_features=False)
