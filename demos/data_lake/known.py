"""What was known at each visit's end, counted anew from the tables, by none of the job's code."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from demos.athena import Row, Rows

Times = dict[str, list[datetime]]


@dataclass(frozen=True, slots=True)
class Foresight:
    """How many rows were looked at, how many knew anything of their shop, and which know wrong."""

    rows: int
    knowing: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """The features of a row that tell of others, and its label."""

    store_visits: int
    store_receipts: int
    visitor_visits: int
    label: int


def foresight(training: Rows, visits: Rows, purchases: Rows, days: int, minutes: int) -> Foresight:
    """Hold every training row to what the lake knew by then: ``days`` back, never ahead.

    A record is known from its own time on, or from its arrival, whichever is later; what came of
    the visit itself tells no feature. A label is a receipt within ``minutes`` after the visit.
    """
    back, within = timedelta(days=days), timedelta(minutes=minutes)
    by_id = {visit["visit_id"]: visit for visit in visits}
    of_store = _sorted((v["store"], max(ended(v), moment(v["arrived_at"]))) for v in visits)
    of_visitor = _sorted((v["visitor"], max(ended(v), moment(v["arrived_at"]))) for v in visits)
    told = {p["receipt_id"]: max(moment(p["paid_at"]), moment(p["arrived_at"])) for p in purchases}
    paid = _sorted((p["store"], told[p["receipt_id"]]) for p in purchases)
    own: defaultdict[str, list[Row]] = defaultdict(list)
    for purchase in purchases:
        own[purchase["visit_id"]].append(purchase)

    def truth(row: Row) -> Truth | None:
        if not (visit := by_id.get(row["visit_id"])):
            return None
        end = ended(visit)
        mine = own[row["visit_id"]]
        of_itself = sum(
            p["store"] == visit["store"] and end - back <= told[p["receipt_id"]] < end for p in mine
        )
        entered = moment(visit["entered_at"])
        return Truth(
            _between(of_store[visit["store"]], end - back, end),
            _between(paid[visit["store"]], end - back, end) - of_itself,
            _between(of_visitor[visit["visitor"]], end - back, end),
            int(any(entered <= moment(p["paid_at"]) < end + within for p in mine)),
        )

    wrong = tuple(row["visit_id"] for row in training if said(row) != truth(row))
    return Foresight(len(training), sum(said(row).store_visits > 0 for row in training), wrong)


def said(row: Mapping[str, str]) -> Truth:
    """Read what a training row says."""
    names = ("store_visits", "store_receipts", "visitor_visits", "label")
    return Truth(*(int(row[name]) for name in names))


def ended(visit: Mapping[str, str]) -> datetime:
    """Tell when a visit ended."""
    return moment(visit["entered_at"]) + timedelta(seconds=int(visit["seconds"]))


def moment(text: str) -> datetime:
    """Read a time as Athena writes it."""
    return datetime.fromisoformat(text.removesuffix(" UTC")).replace(tzinfo=UTC)


def _sorted(pairs: Iterable[tuple[str, datetime]]) -> Times:
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for name, at in pairs:
        found[name].append(at)
    for times in found.values():
        times.sort()
    return found


def _between(times: list[datetime], begin: datetime, end: datetime) -> int:
    return bisect_left(times, end) - bisect_left(times, begin)
