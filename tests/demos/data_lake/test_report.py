"""The report of a day: the truth passes, and whatever differs from it is named."""

import copy
import io
from dataclasses import replace

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
    repeats = next(row for row in answers["loads"] if row["object_key"].endswith("morning.csv"))
    repeats["records_repeated"] = "0"
    (problem,) = told(answers).problems
    assert "repeats" in problem


def test_a_table_that_lost_or_doubled_a_record_or_kept_an_older_one_is_told(answers):
    older, lost, twice, *_ = answers["enhanced_visits"]
    older["seconds"] = "1"
    answers["enhanced_visits"] = [row for row in answers["enhanced_visits"] if row is not lost]
    answers["enhanced_visits"].append(dict(twice))
    problems = told(answers).problems
    assert any(
        all(each["visit_id"] in problem for each in (older, lost, twice)) for problem in problems
    )


def test_a_snapshot_that_holds_what_came_later_is_told(answers):
    answers["visits_then"].append({"visit_id": "v-later"})
    (problem,) = told(answers).problems
    assert "v-later" in problem


def test_a_row_that_knows_what_came_later_is_named(answers):
    answers["training_set"][5]["store_visits"] = "1"
    (problem,) = told(answers).problems
    assert answers["training_set"][5]["visit_id"] in problem


def test_an_event_that_nobody_heard_is_told(answers):
    day = lake_day(DAY, answers)
    (problem,) = report(replace(day, heard=day.heard[:1])).problems
    assert "events" in problem
