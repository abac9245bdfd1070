"""One day of a small chain of shops: files of every format, streamed records, and the truth."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from fixtures.retail.deliveries import (
    CSV_FORMS,
    JSON_FORMS,
    PURCHASE_FAULTS,
    VISIT_FAULTS,
    Delivery,
    deliveries,
)
from fixtures.retail.files import (
    PURCHASES,
    VISITS,
    csv_lines,
    gzipped,
    json_lines,
    streamed_records,
    write_parquet,
)
from fixtures.retail.visits import Record, visits

VISITORS, SEED = 12_000, 29
DIRTY, REPEATED, LATE = 0.03, 0.01, 0.02
PARTS = 5
# What a stream cannot tell the data set of.
REFUSED_FORMS = ("cut", "no_text")


@dataclass(frozen=True, slots=True)
class File:
    """A file to drop, and what is true of it: its records, or why it is set aside whole."""

    key: str
    content: bytes
    records: tuple[Delivery, ...] = ()
    reason: str = ""

    @property
    def dataset(self) -> str:
        """Name the folder that it is dropped in, or what stands for none."""
        folder = self.key.partition("/")[0]
        return "unknown" if folder == "refused" else folder


@dataclass(frozen=True, slots=True)
class Day:
    """All files, and the visits that are streamed."""

    date: str
    files: Sequence[File]
    streamed: Sequence[Delivery]

    @property
    def records_to_put(self) -> list[bytes]:
        """Write what is streamed."""
        return list(streamed_records("retail_visits", self.streamed))

    @property
    def landed(self) -> list[File]:
        """Give what is streamed as files, what is taken and what is refused, and the files."""
        refused = tuple(d for d in self.streamed if d.form in REFUSED_FORMS)
        taken = tuple(d for d in self.streamed if d.form not in REFUSED_FORMS)
        return [
            File("retail_visits/stream/all.jsonl.gz", b"", taken),
            File("refused/all", b"", refused),
            *self.files,
        ]

    def with_later(self, later: "Day") -> "Day":
        """Give both deliveries as one, in their order."""
        return Day(self.date, [*self.files, *later.files], self.streamed)

    def newest(self, dataset: str, key: str) -> dict[str, Record]:
        """Give each record that the lake has to hold, in its newest good delivery, by its key."""
        return {d.record[key]: d.record for d in self.records(dataset) if d.is_good}

    def records(self, dataset: str) -> Iterator[Delivery]:
        """Yield the records that can be read of a data set."""
        for file in self.landed:
            if file.dataset == dataset:
                yield from file.records


def make_day() -> Day:
    """Make yesterday: visits in three formats and streamed, purchases, five bad files."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    date = yesterday.date().isoformat()
    day = list(visits(VISITORS, yesterday, seed=SEED, late=LATE))
    coming = iter([each.visit for each in day])
    parts = [list(islice(coming, VISITORS // PARTS)) for _ in range(PARTS)]
    bought = [each.purchase for each in day if each.purchase]

    csv = dirty(parts[0], 1, CSV_FORMS)
    packed = dirty(parts[1], 2, CSV_FORMS)
    json = dirty(parts[2], 3, JSON_FORMS)
    typed = tuple(deliveries(parts[3], seed=4, faults=(), repeated=REPEATED))
    streamed = dirty(parts[4], 6, JSON_FORMS)
    receipts = tills(bought, 5)
    torn = b"".join(gzipped(csv_lines(csv, list(VISITS))))
    return Day(
        date,
        [
            File(f"retail_visits/{date}/morning.csv", as_csv(csv), csv),
            File(f"retail_visits/{date}/noon.csv.gz", b"".join(gzipped([as_csv(packed)])), packed),
            File(f"retail_visits/{date}/afternoon.jsonl", b"".join(json_lines(json)), json),
            File(f"retail_visits/{date}/evening.parquet", _parquet(typed), typed),
            File(f"retail_purchases/{date}/tills.csv", as_receipts(receipts), receipts),
            File(f"retail_visits/{date}/empty.csv", b"", reason="empty"),
            File(f"retail_visits/{date}/torn.csv.gz", torn[:-20], reason="torn_container"),
            File(f"retail_visits/{date}/old.csv", b"id;shop\n1;2\n", reason="wrong_header"),
            File(f"retail_visits/{date}/notes.docx", b"PK", reason="unknown_format"),
            File(f"somebody/{date}/else.csv", b"a\n1\n", reason="unknown_dataset"),
        ],
        streamed,
    )


def dirty(records: Iterable[Record], seed: int, forms: dict[str, str]) -> tuple[Delivery, ...]:
    """Deliver visits as they are delivered: some broken, some twice."""
    return tuple(
        deliveries(
            records, seed=seed, faults=VISIT_FAULTS, forms=forms, dirty=DIRTY, repeated=REPEATED
        )
    )


def tills(records: Iterable[Record], seed: int) -> tuple[Delivery, ...]:
    """Deliver receipts as they are delivered."""
    forms = {name: CSV_FORMS[name] for name in ("lost_cell", "no_text")}
    return tuple(
        deliveries(
            records, seed=seed, faults=PURCHASE_FAULTS, forms=forms, dirty=DIRTY, repeated=REPEATED
        )
    )


def as_csv(records: Iterable[Delivery]) -> bytes:
    """Write visits as a file."""
    return b"".join(csv_lines(records, list(VISITS)))


def as_receipts(records: Iterable[Delivery]) -> bytes:
    """Write receipts as the tills do, in another encoding."""
    return b"".join(csv_lines(records, PURCHASES, delimiter=";", encoding="windows-1252"))


def _parquet(records: Iterable[Delivery]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "part.parquet")
        write_parquet(path, records)
        return path.read_bytes()
