"""The report of a day: the truth passes, and whatever differs from it is named."""

import copy
import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from costs.data_lake import per_gigabyte
from demos.data_lake import results
from demos.data_lake.inputs import make_day
from demos.data_lake.report import report
from demos.report import terminal, web

DAY = make_day()


def row(**cells):
    return {name: str(cell) for name, cell in cells.items()}


def answers_of(day):
    """Answer as Athena does where everything went well."""
    quarantine, loads = [], []
    for file in day.files:
        about = {"dataset": file.dataset, "object_key": file.key}
        bad = [(n, d) for n, d in enumerate(file.records, 2) if not d.is_good]
        quarantine += [
            row(**about, line_number=n, reason=d.reason, column_name=d.column, record=d.record)
            for n, d in bad
        ]
        if file.reason:
            whole = {"line_number": "", "column_name": "", "record": "why"}
            quarantine.append(row(**about, **whole, reason=file.reason))
        loads.append(
            row(
                **about,
                records_read=len(file.records),
                records_modeled=len(file.records) - len(bad),
                records_set_aside=len(bad),
                records_repeated=sum(d.repeated for d in file.records),
            )
        )
    shop = {"visits": 9, "receipts": 2, "conversion": 0.2, "average_amount": 3.5}
    return {
        "quarantine": quarantine,
        "loads": loads,
        "conversion_by_store": [row(store="harbour", **shop)],
        "revenue_by_hour": [row(hour=f"{day.date} 09:00:00.000", receipts=3, amount=99.5)],
        "conversion_by_touches": [row(touches=2, visits=9, conversion=0.3, seconds=60)],
        **{
            view: [
                row(id=name)
                for name in sorted({d.record[key] for d in day.records(dataset) if d.is_good})
            ]
            for dataset, (view, key) in results.DATASETS.items()
        },
    }


@pytest.fixture
def answers():
    return copy.deepcopy(ANSWERS)


ANSWERS = answers_of(DAY)


def told(answers, dead_letters=0):
    account = results.account_of(DAY, answers, dead_letters)
    return report(
        results.Results(
            ran_at=datetime(2026, 11, 29, tzinfo=UTC),
            day=DAY,
            answers=answers,
            account=account,
            costs=per_gigabyte(0.001),
        )
    )


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
