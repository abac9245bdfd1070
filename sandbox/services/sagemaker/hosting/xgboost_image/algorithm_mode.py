"""What the XGBoost image does without a script: it loads a booster, takes CSV, gives scores."""

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import xgboost as xgb
from sagemaker_inference.errors import GenericInferenceToolkitError

# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html


def model_fn(model_dir: str) -> Any:
    """Load the only model that there is, in XGBoost's own formats."""
    found = [path for path in Path(model_dir).iterdir() if path.is_file()]
    models = [path for path in found if path.suffix in (".json", ".ubj")] or found
    if len(models) != 1:
        names = sorted(path.name for path in found)
        raise ValueError(f"one model is needed, in XGBoost's JSON or UBJSON; there are {names}")
    booster = xgb.Booster()
    booster.load_model(str(models[0]))
    return booster


def input_fn(data: Any, content_type: str | None) -> Any:
    """Read rows of CSV, without a header and a label."""
    if (content_type or "").partition(";")[0].strip().lower() != "text/csv":
        raise GenericInferenceToolkitError(
            415, f"Content type {content_type} is not supported; the sandbox takes text/csv"
        )
    text = data if isinstance(data, str) else data.decode()
    try:
        return np.genfromtxt(io.StringIO(text), delimiter=",", ndmin=2)
    except ValueError as error:
        raise GenericInferenceToolkitError(415, f"Loading csv data failed: {error}") from error


def predict_fn(rows: Any, model: Any) -> Any:
    """Predict a score for each row."""
    if rows.shape[1] != model.num_features():
        raise GenericInferenceToolkitError(
            400,
            f"Feature size of csv inference data {rows.shape[1]} is not consistent with feature "
            f"size of trained model {model.num_features()}.",
        )
    return model.inplace_predict(rows, validate_features=False)


def output_fn(prediction: Any, accept: str) -> Any:
    """Write scores as CSV, or as JSON where that is asked for."""
    scores = prediction.tolist()
    if accept == "application/json":
        return json.dumps({"predictions": [{"score": score} for score in scores]}), accept
    if os.environ.get("SAGEMAKER_BATCH"):
        return "".join(f"{score}\n" for score in scores), "text/csv"
    return ",".join(map(str, scores)), "text/csv"
