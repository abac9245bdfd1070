"""A model of an archive that tells what it told when it was trained, or is refused."""

from pathlib import Path

import numpy as np
import xgboost

from model_training import known_rows, signature
from model_training.known_rows import library_difference, read_known_rows
from model_training.row_plan import Floats, RowPlan
from model_training.signature import SignatureError, read_signature

MODEL = "model.json"


class RefusedModelError(Exception):
    """A model that does not do what it did when it was trained; says what differs."""


class ServedModel:
    """A booster by one thread, and the plan that makes requests what it takes.

    One thread, as there is a process for each processor, and a row is told before another begins.
    """

    def __init__(self, booster: xgboost.Booster, plan: RowPlan) -> None:
        booster.set_param({"nthread": 1})
        self._booster, self.plan = booster, plan

    def predict(self, floats: Floats) -> list[float]:
        """Tell a number for each row; the rows are in the signature's order."""
        told = self._booster.inplace_predict(floats, missing=np.nan, validate_features=False)
        values: list[float] = told.tolist()
        return values


def load(folder: Path) -> ServedModel:
    """Load what an archive holds; raises RefusedModelError, or SignatureError, if it differs.

    That a library loads a model proves nothing: xgboost 3.0.5 loads what 3.1 wrote, and is wrong
    by an offset.
    """
    told = read_signature((folder / signature.FILE).read_bytes())
    known = read_known_rows((folder / known_rows.FILE).read_bytes(), told)
    if difference := library_difference(told.library, {"xgboost": xgboost.__version__}):
        raise RefusedModelError(difference)
    try:
        booster = xgboost.Booster(model_file=str(folder / MODEL))
    except xgboost.core.XGBoostError as error:
        raise RefusedModelError(f"{MODEL} is no model: {str(error).splitlines()[0]}") from None
    if (names := booster.feature_names) is not None and names != told.names:
        raise RefusedModelError(f"the model takes {names}, and its signature tells {told.names}")
    if booster.num_features() != len(told.names):
        raise RefusedModelError(
            f"the model takes {booster.num_features()} columns, and its signature "
            f"tells {len(told.names)}"
        )
    model = ServedModel(booster, RowPlan(told))
    rows = model.plan.of_objects([dict(row) for row in known.rows])
    if rows.refused:
        place, reason = min(rows.refused.items())
        raise SignatureError(f"{known_rows.FILE}: row {place}: {reason}")
    if difference := known.difference(model.predict(rows.floats)):
        raise RefusedModelError(difference)
    return model
