"""What one day gave, set against what is true of it. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from costs.bill import Line
from demos.athena import Answers, Row
from demos.data_lake.curated import Curated
from demos.data_lake.inputs import Day
from demos.data_lake.known import Foresight
from demos.executions import Run
from fixtures.retail.visits import Record

DATASETS = {
    "retail_visits": ("visits", "visit_id"),
    "retail_purchases": ("purchases", "receipt_id"),
}
Reasons = Counter[tuple[str, str, str]]  # data set, reason, column


@dataclass(frozen=True, slots=True)
class Stages:
    """How many records of a data set came how far."""

    delivered: int
    modeled: int
    set_aside: int
    repeated: int
    in_view: int
    enhanced: int
    transformed: int


@dataclass(frozen=True, slots=True)
class Account:
    """What came out beside what should, by data set where it is a mapping."""

    good_sent: Mapping[str, int]
    good_found: Mapping[str, int]
    lost: Mapping[str, tuple[str, ...]]
    twice: Mapping[str, tuple[str, ...]]
    reasons_sent: Reasons
    reasons_found: Reasons
    files_sent: Mapping[str, str]
    files_found: Mapping[str, str]
    repeated_sent: int
    repeated_found: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class Held:
    """A table beside the truth: how many records it must have, how many rows it has, what differs.

    ``wrong`` are keys that are not there, or not in their newest delivery.
    """

    expected: int
    rows: int
    wrong: tuple[str, ...]
    twice: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The whole day: ``first`` is its first delivery, ``day`` both; ``heard`` what events told."""

    ran_at: datetime
    day: Day
    first: Day
    answers: Answers
    account: Account
    tables: Mapping[str, Held]
    foresight: Foresight
    curated: Curated
    machine: str
    runs: Sequence[Run]
    heard: Sequence[tuple[str, Mapping[str, Any]]]
    costs: Sequence[Line]


def account_of(day: Day, answers: Answers, dead_letters: int) -> Account:
    """Count what came out against what went in, record by record."""
    sent, found = {}, {}
    for dataset, (view, key) in DATASETS.items():
        sent[dataset] = {d.record[key] for d in day.records(dataset) if d.is_good}
        found[dataset] = Counter(row["id"] for row in answers[view])
    records = [row for row in answers["quarantine"] if row["line_number"]]
    dropped = {file.key for file in day.files}
    return Account(
        good_sent={name: len(ids) for name, ids in sent.items()},
        good_found={name: len(ids) for name, ids in found.items()},
        lost={name: tuple(sorted(sent[name] - found[name].keys())) for name in sent},
        twice={
            n: tuple(sorted(i for i, times in f.items() if times > 1)) for n, f in found.items()
        },
        reasons_sent=Counter(
            (file.dataset, d.reason, d.column)
            for file in day.landed
            for d in file.records
            if not d.is_good
        ),
        reasons_found=Counter(map(_reason, records)),
        files_sent={file.key: file.reason for file in day.files if file.reason},
        files_found={
            row["object_key"]: row["reason"]
            for row in answers["quarantine"]
            if not row["line_number"]
        },
        repeated_sent=sum(d.repeated for file in day.files for d in file.records),
        # Of streamed records nobody knows which come in one file, so only the view tells.
        repeated_found=sum(
            int(row["records_repeated"]) for row in answers["loads"] if row["object_key"] in dropped
        ),
        dead_letters=dead_letters,
    )


def tables_of(first: Day, both: Day, answers: Answers) -> dict[str, Held]:
    """Hold tables against the truth: each good record once, in its newest delivery."""
    before = first.newest("retail_visits", "visit_id")
    return {
        "retail_visits_enhanced": _held(
            both.newest("retail_visits", "visit_id"),
            answers["enhanced_visits"],
            "visit_id",
            ("store", "seconds", "zones", "basket_touches"),
        ),
        "retail_purchases_enhanced": _held(
            both.newest("retail_purchases", "receipt_id"),
            answers["enhanced_purchases"],
            "receipt_id",
            ("store", "visit_id", "amount"),
        ),
        "retail_visits_enhanced before": _held(before, answers["visits_then"], "visit_id", ()),
    }


def _held(
    truth: Mapping[str, Record], rows: Sequence[Row], key: str, columns: Sequence[str]
) -> Held:
    times = Counter(row[key] for row in rows)
    found = {row[key]: row for row in rows}
    wrong = tuple(
        name
        for name, record in truth.items()
        if name not in found or any(found[name][c] != str(record[c]) for c in columns)
    )
    twice = tuple(name for name, count in times.items() if count > 1)
    return Held(len(truth), len(rows), wrong, twice, tuple(sorted(found.keys() - truth.keys())))


def stages_of(results: Results, dataset: str) -> Stages:
    """Add up what the load records of a data set say, beside what its view has."""
    loads = [row for row in results.answers["loads"] if row["dataset"] == dataset]

    def added(column: str) -> int:
        return sum(int(row[column]) for row in loads)

    return Stages(
        delivered=added("records_read"),
        modeled=added("records_modeled"),
        set_aside=added("records_set_aside"),
        repeated=added("records_repeated"),
        in_view=results.account.good_found[dataset],
        enhanced=results.tables[f"{dataset}_enhanced"].rows,
        transformed=len(results.answers["training_set"]) if dataset == "retail_visits" else 0,
    )


def _reason(row: Row) -> tuple[str, str, str]:
    return row["dataset"], row["reason"], row["column_name"]
