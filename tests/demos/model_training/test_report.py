"""What the demo of ModelTraining tells of executions, good ones and bad ones."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from demos.model_training.report import report
from demos.report.terminal import show
from demos.report.web import page as written
from testing.training_story import execution


def wrong(story):
    return {check.what for check in report(story).checks if check.expected != check.found}


def test_a_good_run_passes_every_check(training):
    assert wrong(training) == set()


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
def test_a_bad_run_is_told(training, changes, what):
    assert what in wrong(replace(training, **changes))


def test_the_page_and_the_terminal_show_scores_and_reasons(training):
    out = io.StringIO()
    show(Console(file=out, width=160), report(training))
    page = written(report(training))
    assert "0.800" in out.getvalue()
    for word in (
        "0.800",
        "is approved yet",
        "basket_touches",
        "a file is missing",
        "true positives",
    ):
        assert word in page
