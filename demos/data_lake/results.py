"""What one day gave, set against what is true of it. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from costs.bill import Line
from demos.athena import Answers, Row
from demos.data_lake.inputs import Day

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The whole day."""

    ran_at: datetime
    day: Day
    answers: Answers
    account: Account
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
    )


def _reason(row: Row) -> tuple[str, str, str]:
    return row["dataset"], row["reason"], row["column_name"]
