"""A million visits and their receipts as files of every format, a twentieth broken in some way."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demos.data_lake.inputs import as_csv, as_receipts
from fixtures.retail.deliveries import (
    CSV_FORMS,
    JSON_FORMS,
    PURCHASE_FAULTS,
    VISIT_FAULTS,
    Delivery,
    Fault,
    deliveries,
)
from fixtures.retail.files import gzipped, json_lines, write_parquet
from fixtures.retail.truth import Truth
from fixtures.retail.visits import Record, Visit, visits

DIRTY, REPEATED, LATE = 0.05, 0.01, 0.02
# What a file with typed columns cannot hold: text where a number is, a day that is none.
TYPED_FAULTS = [
    fault
    for fault in VISIT_FAULTS
    if fault[0] not in ("wrong_type", "no_such_time") and fault[1] != "seconds"
]
TILL_FORMS = {name: CSV_FORMS[name] for name in ("lost_cell", "no_text")}
CORRECTED = 5  # one of so many visits of the first delivery comes again, and was longer
LONGER = 120  # seconds


def as_parquet(records: Iterable[Delivery]) -> bytes:
    """Write visits as a file with typed columns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "part.parquet")
        write_parquet(path, records)
        return path.read_bytes()


def as_gzip(records: Iterable[Delivery]) -> bytes:
    """Write visits as CSV, compressed."""
    return b"".join(gzipped([as_csv(records)]))


def as_json(records: Iterable[Delivery]) -> bytes:
    """Write visits as JSON Lines."""
    return b"".join(json_lines(records))


@dataclass(frozen=True, slots=True)
class Form:
    """How a file ends and is written, what can be wrong in it, and the number of its first line."""

    ending: str
    write: Callable[[Iterable[Delivery]], bytes]
    faults: Sequence[Fault] = VISIT_FAULTS
    forms: dict[str, str] | None = None
    first_line: int = 2


CSV = Form("csv", as_csv, forms=CSV_FORMS)
FORMS = (
    *(CSV, CSV, CSV, CSV),
    Form("csv.gz", as_gzip, forms=CSV_FORMS),
    Form("jsonl", as_json, forms=JSON_FORMS, first_line=1),
    Form("parquet", as_parquet, TYPED_FAULTS, first_line=1),
)
TILLS = Form("csv", as_receipts, PURCHASE_FAULTS, TILL_FORMS)


class Sender:
    """Makes the files one after another, and notes what is true of each."""

    def __init__(
        self, truth: Truth, day: datetime, *, count: int, forms: Sequence[Form] = FORMS
    ) -> None:
        self._truth, self._day, self._forms = truth, day.astimezone(UTC), forms
        self._each = count // (len(forms) + 3)  # the first ones, late ones, who left
        self._kept: list[Record] = []
        self._seed = 1_000

    def first(self) -> Iterator[tuple[str, bytes]]:
        """Make some of the visits, whose past others know."""
        made = self._visits(late=LATE)
        self._kept = [each.visit for each in made]
        yield from self._files("first", made, CSV)

    def second(self, left_at: datetime) -> Iterator[tuple[str, bytes]]:
        """Make the rest: of every format, late ones, who left at a moment, corrections."""
        for form in self._forms:
            yield from self._files("day", self._visits(late=LATE), form)
        yield from self._files("late", self._visits(late=1.0), CSV)
        yield from self._files("leaving", self._visits(ended=left_at), CSV)
        longer = (
            {**visit, "seconds": min(visit["seconds"] + LONGER, 43_200)}
            for visit in self._kept[::CORRECTED]
        )
        yield self._file("retail_visits", "corrections", longer, CSV)

    def _visits(self, *, late: float = 0.0, ended: datetime | None = None) -> list[Visit]:
        self._seed += 1
        return list(visits(self._each, self._day, seed=self._seed, late=late, ended=ended))

    def _files(self, name: str, made: Sequence[Visit], form: Form) -> Iterator[tuple[str, bytes]]:
        yield self._file("retail_visits", name, (each.visit for each in made), form)
        bought = [each.purchase for each in made if each.purchase]
        yield self._file("retail_purchases", name, bought, TILLS)

    def _file(
        self, dataset: str, name: str, records: Iterable[Record], form: Form
    ) -> tuple[str, bytes]:
        seed = self._truth.files + 1
        key = f"{dataset}/{name}/{seed:03}.{form.ending}"
        sent = deliveries(
            records, seed=seed, faults=form.faults, forms=form.forms, dirty=DIRTY, repeated=REPEATED
        )
        return key, form.write(self._truth.noted(key, sent, first_line=form.first_line))
