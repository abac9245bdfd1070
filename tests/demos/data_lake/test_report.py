"""The report of a day: the truth passes, and whatever differs from it is named."""

import copy
import io

import pytest
from rich.console import Console

from demos.data_lake.inputs import make_day
from demos.data_lake.report import report
from demos.report import terminal, web
from testing.lake_day import answers_of, lake_day

DAY = make_day()


@pytest.fixture
def answers():
    return copy.deepcopy(ANSWERS)


ANSWERS = answers_of(DAY)


def told(answers, dead_letters=0):
    return report(lake_day(DAY, answers, dead_letters))


def test_the_truth_has_no_problem_and_can_be_shown(answers):
    found = told(answers)
    assert not found.problems
    printed = io.StringIO()
    terminal.show(Console(file=printed, width=100), found)
    for shown in (printed.getvalue(), web.page(found)):
        assert "wrong_cell_count" in shown
        assert "torn.csv.gz" in shown


def test_a_record_that_is_lost_or_there_twice_is_named(answers):
    lost, twice, *_ = (visit["id"] for visit in answers["visits"])
    answers["visits"] = [*answers["visits"][1:], {"id": twice}, {"id": twice}]
    (problem,) = told(answers).problems
    assert lost in problem
    assert twice in problem


def test_a_wrong_reason_a_file_that_passed_and_dead_letters_are_told(answers):
    answers["quarantine"][0]["reason"] = "bad_luck"
    answers["quarantine"] = [each for each in answers["quarantine"] if each["reason"] != "empty"]
    problems = told(answers, dead_letters=1).problems
    assert len(problems) == 3
    assert "bad_luck" in problems[0]


def test_a_repeat_that_is_not_counted_is_told(answers):
    answers["loads"][0]["records_repeated"] = "0"
    (problem,) = told(answers).problems
    assert "repeats" in problem
