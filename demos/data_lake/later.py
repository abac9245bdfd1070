"""A second, small delivery: corrections, late records, and shoppers who left in between."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from demos.data_lake.inputs import Day, File, as_csv, as_receipts, dirty, tills
from fixtures.retail.deliveries import CSV_FORMS
from fixtures.retail.visits import Record, visits

CORRECTED, LATE, LEAVING = 90, 150, 400
EVERY = 97  # of the first day's visits one is corrected
STAYED_ON = 120  # seconds that a corrected visit was longer


def make_later(day: Day, left_at: datetime) -> Day:
    """Make what comes after a day: some shoppers left at a moment when the lake knew of that day.

    Corrections come under keys that are there; late visits are of days before the first one's.
    """
    first = datetime.fromisoformat(day.date).replace(tzinfo=UTC)
    late = list(visits(LATE, first, seed=31, late=1.0))
    leaving = list(visits(LEAVING, left_at, seed=37, ended=left_at))
    sent = {
        "corrected": dirty(islice(corrections(day), CORRECTED), 41, CSV_FORMS),
        "late": dirty([each.visit for each in late], 42, CSV_FORMS),
        "leaving": dirty([each.visit for each in leaving], 43, CSV_FORMS),
    }
    receipts = tills([each.purchase for each in (*late, *leaving) if each.purchase], 44)
    files = [
        *(File(f"retail_visits/later/{name}.csv", as_csv(d), d) for name, d in sent.items()),
        File("retail_purchases/later/tills.csv", as_receipts(receipts), receipts),
    ]
    return Day(day.date, files, ())


def corrections(day: Day) -> Iterator[Record]:
    """Yield visits again, as they were: the doors had counted them out too early."""
    good = [d.record for d in day.records("retail_visits") if d.is_good and not d.repeated]
    for record in good[::EVERY]:
        longer = min(record["seconds"] + STAYED_ON, 43_200)
        yield {**record, "seconds": longer}


def closed_at(left_at: datetime, label_minutes: int) -> datetime:
    """Tell from when on no further receipt counts for those who left at a moment."""
    return left_at + timedelta(minutes=label_minutes, seconds=1)
