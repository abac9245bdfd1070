"""A made-up story of training, as the demo of ModelTraining would find it."""

from collections.abc import Mapping
from typing import Any

from demos.model_training.executions import Execution
from demos.model_training.report import Sets, Story
from fixtures.training_set import make_training_set

SCORED = {
    "rows": 100,
    "auc": 0.8,
    "log_loss": 0.5,
    "confusion": {"true_positives": 30, "false_positives": 10},
}
EVALUATION = {
    "candidate": SCORED,
    "roc": [[0.0, 0.0], [0.2, 0.7], [1.0, 1.0]],
    "champion": None,
    "champion_told": "no package of the group is approved yet",
    "gate": {"auc": 0.8, "gain": 1.0},
}
FEATURES = [
    {"feature": name, "mean_absolute": weight}
    for name, weight in (("basket_touches", 0.9), ("seconds", 0.5), ("hour", 0.1))
]
DISPARITY = {
    "group": "store",
    "values": 4,
    "yes_difference": 0.2,
    "yes_ratio": None,
    "four_fifths": None,
}
REPORTS = {
    "evaluation.json": EVALUATION,
    "explainability.json": {"features": FEATURES},
    "bias.json": {"disparities": [DISPARITY]},
}
DONE = {"Prepare": ("Succeeded", 1.0), "Register": ("Succeeded", 0.1)}
PACKAGE = "arn:of:the:first:package"


def execution(
    status: str = "Succeeded",
    steps: Mapping[str, tuple[str, float]] = DONE,
    reports: Mapping[str, Any] = REPORTS,
) -> Execution:
    """Make up how an execution ended."""
    return Execution("arn:of:an:execution", status, steps, {}, reports)


def story() -> Story:
    """Make up four executions: a first set, a better one, one of too few rows, a damaged one."""
    sets = Sets(*(make_training_set(60, seed=seed) for seed in (1, 2, 3)))
    champion = {**SCORED, "package": PACKAGE}
    more = {**REPORTS, "evaluation.json": {**EVALUATION, "champion": champion}}
    return Story(
        sets=sets,
        first=execution(),
        started=1,
        more=execution(reports=more),
        thin=execution(steps={"Prepare": ("Succeeded", 1.0)}),
        damaged=execution("Failed", {"Prepare": ("Failed", 1.0)}, {}),
        records=[{"steps": [{"step": "Prepare", "reason": "a file is missing"}]}],
        packages=[
            {
                "ModelPackageArn": arn,
                "CustomerMetadataProperties": {"content_hash": found.content_hash},
            }
            for arn, found in ((PACKAGE, sets.first), ("arn:of:the:second", sets.more))
        ],
    )
