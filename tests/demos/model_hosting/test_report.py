"""What the demo of ModelHosting tells of approvals, good ones and bad ones."""

import pytest

from demos.model_hosting.report import charts, report
from demos.report.blocks import Lines


def wrong(approvals):
    return [check.what for check in report(approvals).checks if check.expected != check.found]


def test_a_good_run_passes_every_check(hosting):
    assert wrong(hosting) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"version": "2"}, "Versions that answer after each approval"),
        ({"right": False}, "Answers of known rows"),
        ({"answers": ((503, {}),)}, "Requests that were not answered"),
    ],
    ids=["version", "answers", "unanswered"],
)
def test_a_bad_run_is_told(hosting, changes, what):
    first, *others = hosting.moments
    assert wrong(hosting._replace(moments=[first._replace(**changes), *others])) == [what]


def test_a_bad_model_that_was_not_refused_is_told(hosting):
    assert wrong(hosting._replace(records=[])) == ["Records of deployments that failed"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"verdict": "go on"}, "Verdict of the readout"),
        ({"went_back": 1}, "Callers who went back to the champion while the challenger grew"),
        ({"records": ["begun, 40 %"]}, "What became of the challenger's traffic"),
    ],
    ids=["verdict", "sticky", "shifts"],
)
def test_a_comparison_that_went_wrong_is_told(hosting, changes, what):
    assert wrong(hosting._replace(compared=hosting.compared._replace(**changes))) == [what]


def test_the_chart_shows_shares_of_answers_and_marks_the_weights(hosting):
    shares, *_ = charts(hosting.compared)
    assert isinstance(shares, Lines)
    champion, challenger = shares.lines
    assert champion.points == [(0, 70 / 120), (120, 70 / 120), (120, 0), (240, 0)]
    assert [y for _, y in challenger.points] == [50 / 120, 50 / 120, 1, 1]
    assert shares.marks == [(0, "40 %"), (120, "100 %")]
