"""Reading from the function's log what AWS refused."""

import json

import pytest

from demos.retail_demographics.progress import refusal

SAID = "AccessDeniedException: User: …/AnalyzeFaces is not authorized to perform: dynamodb:PutItem"


def test_the_words_of_aws_are_taken_out_of_a_structured_line():
    line = json.dumps({"level": "WARNING", "message": "frames have to come again", "error": SAID})
    assert refusal(line) == SAID


def test_a_traceback_says_it_only_once_more():
    assert refusal(f"[ERROR] PermissionMissingError: {SAID}\n") == SAID


@pytest.mark.parametrize(
    "line",
    [
        "",
        "raise PermissionMissingError(str(failure))",
        "[1]",
        "END RequestId",
        json.dumps({"error": "ThrottlingException: Rate exceeded"}),
    ],
)
def test_any_other_line_says_nothing(line):
    assert refusal(line) is None
