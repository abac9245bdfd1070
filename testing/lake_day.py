"""A made-up day of the data lake, as its demo has it: for pages without a sandbox."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from costs.data_lake import per_gigabyte
from demos.data_lake import results
from demos.data_lake.curated import TABLES, Curated, Rule, Table
from demos.data_lake.inputs import Day, make_day
from demos.data_lake.known import foresight
from demos.data_lake.later import make_later
from demos.executions import Run, Visit
from fixtures.retail.visits import TILL, Record

Row = dict[str, str]
Answers = dict[str, list[Row]]
DAYS, MINUTES = 28, 1
ARRIVED = datetime(2030, 1, 1, tzinfo=UTC)  # after all that any record tells of
LEARNED = 60  # visits in the training set
FEATURES = ("seconds", "basket_touches", "store_visits", "store_receipts", "visitor_visits")
MACHINE = {
    "StartAt": "MergeRecords",
    "States": {
        "MergeRecords": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
                         "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}  # fmt: skip


def row(**cells: Any) -> Row:
    """Write a row as Athena does: all cells as texts."""
    return {name: str(cell) for name, cell in cells.items()}


def both_of(day: Day) -> Day:
    """Give a day with its second delivery."""
    return day.with_later(make_later(day, ARRIVED - timedelta(days=1)))


def answers_of(first: Day) -> Answers:
    """Answer as Athena does where everything went well, both deliveries long."""
    day = both_of(first)
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
    visits = day.newest("retail_visits", "visit_id")
    receipts = day.newest("retail_purchases", "receipt_id")
    return {
        "quarantine": quarantine,
        "loads": loads,
        "conversion_by_store": [row(store="harbour", **shop)],
        "revenue_by_hour": [row(hour=f"{day.date} 09:00:00.000", receipts=3, amount=99.5)],
        "conversion_by_touches": [row(touches=2, visits=9, conversion=0.3, seconds=60)],
        "visits": [row(id=name) for name in sorted(visits)],
        "purchases": [row(id=name) for name in sorted(receipts)],
        "enhanced_visits": [_visit(each) for each in visits.values()],
        "enhanced_purchases": [_receipt(each) for each in receipts.values()],
        "visits_then": [row(visit_id=name) for name in first.newest("retail_visits", "visit_id")],
        "then_and_now": [
            row(store="harbour", visits_then=8, visits=9, minutes_then=6.5, minutes=7.25)
        ],
        "corrected": [row(visit_id="v-001d00000001", seconds_then=5, seconds=125)],
        "training_set": _training(visits.values(), receipts.values()),
        **{f"snapshots of {table}": [_snapshot(n)] for n, table in enumerate(TABLES, 1)},
    }


def lake_day(day: Day, answers: Answers, dead_letters: int = 0) -> results.Results:
    """Hold answers against the truth of a day and its second delivery."""
    both = both_of(day)
    return results.Results(
        ran_at=datetime(2026, 11, 29, tzinfo=UTC),
        day=both,
        first=day,
        answers=answers,
        account=results.account_of(both, answers, dead_letters),
        tables=results.tables_of(day, both, answers),
        foresight=foresight(
            answers["training_set"],
            answers["enhanced_visits"],
            answers["enhanced_purchases"],
            DAYS,
            MINUTES,
        ),
        curated=_curated(),
        machine=json.dumps(MACHINE),
        runs=[_run("by-files"), _run("by-hand")],
        heard=[("Features Ready", {"content_hash": name, "manifest": "s3://…"}) for name in "ab"],
        costs=per_gigabyte(0.001),
    )


def made_up() -> results.Results:
    """Give a day on which everything went well."""
    day = make_day()
    return lake_day(day, answers_of(day))


def athena(moment: datetime) -> str:
    """Write a time as Athena does."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def _visit(record: Record) -> Row:
    names = ("visit_id", "store", "visitor", "seconds", "zones", "basket_touches")
    entered = datetime.fromisoformat(record["entered_at"])
    said = {name: record[name] for name in names}
    return row(**said, entered_at=athena(entered), arrived_at=athena(ARRIVED))


def _receipt(record: Record) -> Row:
    names = ("receipt_id", "store", "visit_id", "amount")
    paid = datetime.fromisoformat(record["paid_at"]).replace(tzinfo=TILL)
    said = {name: record[name] for name in names}
    return row(**said, paid_at=athena(paid), arrived_at=athena(ARRIVED))


def _training(visits: Iterable[Record], receipts: Iterable[Record]) -> list[Row]:
    bought = {receipt["visit_id"] for receipt in receipts}
    return [
        row(
            visit_id=visit["visit_id"],
            moment=visit["entered_at"],
            seconds=visit["seconds"],
            basket_touches=visit["basket_touches"],
            store_visits=0,  # all arrived when all was over
            store_receipts=0,
            visitor_visits=0,
            label=int(visit["visit_id"] in bought),
            split=("train", "validation", "test")[number * 3 // LEARNED],
        )
        for number, visit in enumerate([*visits][:LEARNED])
    ]


def _snapshot(number: int) -> Row:
    summary = {"added": 9, "removed": "", "records": 9}
    at = athena(ARRIVED)
    return row(committed_at=at, snapshot_id=number, operation="append", **summary)


def _curated() -> Curated:
    schema = [{"name": name, "type": "bigint", "role": "feature"} for name in FEATURES]
    return Curated(
        "7",
        (Table("training_set", "Iceberg", 21, ""),),
        tuple(Rule(table, "RowCount > 0", "PASS", "9") for table in TABLES),
        6,
        {"manifest": "s3://zone/manifests/a.json"},
        {
            "table": "datalake.training_set",
            "snapshot_id": "3",
            "content_hash": "a",
            "schema": [{"name": "visit_id", "type": "string", "role": "key"}, *schema],
            "left_out": 0,
            "fitted": {"fills": {"temperature": 9.1}, "codes": {"store": ["harbour"]}},
            "rules": {"label_minutes": MINUTES},
            "lineage": {
                "tables": [{"table": "datalake.retail_visits_enhanced", "snapshot_id": "1"}],
                "objects": [{"object_key": "retail_visits/a.csv", "version_id": "v1"}],
                "code_version": "c0de",
            },
        },
    )


def _run(name: str) -> Run:
    return Run(
        name=name,
        status="SUCCEEDED",
        started=datetime(2026, 11, 29, tzinfo=UTC),
        seconds=9.0,
        states={"MergeRecords": Visit(1, 8.0)},
        trails=((),),
        transitions=2,
        invocations=0,
        children=0,
        events=9,
        largest_state=99,
    )
