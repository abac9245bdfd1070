"""The page that tells how a model is asked is held to the handlers."""

import re
from pathlib import Path

import pytest

from model_training.inference import input_fn, output_fn, predict_fn
from model_training.media_types import answer_form, body_form
from model_training.request_rows import MOST_BYTES
from model_training.row_plan import MOST_REFUSED
from testing.bad_requests import BAD_REQUESTS

PAGE = Path(__file__).parents[3] / "docs" / "model-requests.md"
TEXT = PAGE.read_text(encoding="utf-8")


def first_cells(heading):
    """Read the names in the first column of the table that begins so."""
    lines = TEXT[TEXT.index(heading) :].split("\n\n")[0].splitlines()[2:]
    return [name for line in lines for name in re.findall(r"`([^`]+)`", line.split("|")[1])]


def test_its_examples_say_the_same(model):
    examples = re.findall(r"^```(\S+/[^\n]*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(examples) == 3
    told = {
        output_fn(predict_fn(input_fn(body, content_type), model), "*/*")
        for content_type, body in examples
    }
    assert len(told) == 1


@pytest.mark.parametrize("name", first_cells("| Content type |"))
def test_its_content_types_are_taken(name):
    assert body_form(name)


@pytest.mark.parametrize("name", first_cells("| Accept |"))
def test_its_answers_are_given(name):
    assert answer_form(name).content_type == name.partition(";")[0]


def test_it_tells_all_that_a_request_may_be_refused_by():
    table = TEXT[TEXT.index("| Status |") :]
    told = {int(each) for each in re.findall(r"\b[45]\d\d\b", table)}
    assert {sent.status for sent in BAD_REQUESTS.values()} == told - {408, 500, 503}
    assert f"{MOST_BYTES // 1024**2} MiB at the most" in TEXT
    assert f"More than {MOST_REFUSED:,} bad rows refuse it" in TEXT
