"""What the demo of ModelTraining tells of executions, good ones and bad ones."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from demos.model_training.executions import Execution
from demos.model_training.report import Sets, Story, report
from demos.report.terminal import show
from demos.report.web import page as written
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


def execution(status="Succeeded", steps=DONE, reports=REPORTS):
    return Execution("arn:of:an:execution", status, steps, {}, reports)


@pytest.fixture(scope="module")
def story():
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


def wrong(story):
    return {check.what for check in report(story).checks if check.expected != check.found}


def test_a_good_run_passes_every_check(story):
    assert wrong(story) == set()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"started": 2}, "Executions after the same news four times"),
        ({"packages": []}, "Packages, by the content that they were trained on"),
        ({"thin": execution()}, "The model of too few visits"),
        ({"records": []}, "Files that are not what their manifest says"),
        ({"first": execution("Failed", {}, {})}, "The first training set"),
    ],
    ids=["twice", "not registered", "registered", "no record", "failed"],
)
def test_a_bad_run_is_told(story, changes, what):
    assert what in wrong(replace(story, **changes))


def test_the_page_and_the_terminal_show_scores_and_reasons(story):
    out = io.StringIO()
    show(Console(file=out, width=160), report(story))
    page = written(report(story))
    assert "0.800" in out.getvalue()
    for word in (
        "0.800",
        "is approved yet",
        "basket_touches",
        "a file is missing",
        "true positives",
    ):
        assert word in page
