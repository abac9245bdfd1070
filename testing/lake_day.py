"""A made-up day of the data lake, as its demo has it: for pages without a sandbox."""

from datetime import UTC, datetime
from typing import Any

from costs.data_lake import per_gigabyte
from demos.data_lake import results
from demos.data_lake.inputs import Day, make_day

Row = dict[str, str]
Answers = dict[str, list[Row]]


def row(**cells: Any) -> Row:
    """Write a row as Athena does: all cells as texts."""
    return {name: str(cell) for name, cell in cells.items()}


def answers_of(day: Day) -> Answers:
    """Answer as Athena does where everything went well."""
    quarantine, loads = [], []
    for file in day.landed:
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


def lake_day(day: Day, answers: Answers, dead_letters: int = 0) -> results.Results:
    """Hold answers against the truth of a day."""
    return results.Results(
        ran_at=datetime(2026, 11, 29, tzinfo=UTC),
        day=day,
        answers=answers,
        account=results.account_of(day, answers, dead_letters),
        costs=per_gigabyte(0.001),
    )


def made_up() -> results.Results:
    """Give a day on which everything went well."""
    day = make_day()
    return lake_day(day, answers_of(day))
