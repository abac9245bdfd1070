"""What the demo of ModelHosting tells of approvals, good ones and bad ones."""

import pytest

from demos.model_hosting.report import report


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
