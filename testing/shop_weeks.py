"""Made-up weeks of small shops, as the enhanced zone has them, and what features must say."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean
from typing import Any

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
Record = dict[str, Any]


def moment(visit: Mapping[str, Any]) -> datetime:
    """Tell when a visit ended."""
    found: datetime = visit["entered_at"] + timedelta(seconds=visit["seconds"])
    return found


@dataclass
class Weeks:
    """Visits, receipts and faces; times lie on full hours, so that many are the same."""

    visits: list[Record] = field(default_factory=list)
    purchases: list[Record] = field(default_factory=list)
    faces: list[Record] = field(default_factory=list)

    def known(self, record: Mapping[str, Any]) -> datetime:
        """Tell from when on the lake knows of a record."""
        named = next((name for name in ("paid_at", "captured_at") if name in record), None)
        own = record[named] if named else moment(record)
        found: datetime = max(own, record["arrived_at"])
        return found

    def named(self, prefix: str) -> "Weeks":
        """Give the same weeks of other shops, visitors and visits."""
        found = deepcopy(self)
        for record in (*found.visits, *found.purchases, *found.faces):
            for name in {"visit_id", "store", "visitor", "frame_id"} & record.keys():
                record[name] = f"{prefix}{record[name]}"
        return found


def made_up(random: Random, count: int) -> Weeks:
    """Make visits of three weeks: some end in receipts, and most of either arrive late."""
    found = Weeks()
    for number in range(count):
        visit = _visit(random, f"v-{number}")
        found.visits.append(visit)
        if random.random() < 0.5:
            found.purchases.append(_receipt(random, visit))
    for number in range(2 * count):
        face = _face(random, f"f-{number}")
        found.faces.append(face)
        if random.random() < 0.2:  # looked at again, and seen otherwise
            again = _face(random, face["frame_id"])
            later = face["arrived_at"] + random.randrange(1, 40) * HOUR
            found.faces.append({**again, "captured_at": face["captured_at"], "arrived_at": later})
    return found


def _visit(random: Random, name: str) -> Record:
    entered = BEGIN + random.randrange(21 * 24) * HOUR
    return {
        "visit_id": name,
        "store": random.choice("ab"),
        "visitor": random.choice("klm"),
        "entered_at": entered,
        "seconds": random.choice((1, 3600, 7200)),
        "zones": random.randrange(1, 5),
        "basket_touches": random.randrange(5),
        "age_band": random.choice((None, "adult", "teen")),
        "temperature": random.choice((None, 1.5, 20.0)),
        "purchased": random.random() < 0.5,
        "source_id": "s",
        "arrived_at": entered + random.choice((0, 1, 2, 30, 200)) * HOUR,
    }


def _receipt(random: Random, visit: Record) -> Record:
    paid = moment(visit) + timedelta(seconds=random.choice((0, -1, -1, 5399, 5400, 20_000)))
    return {
        "visit_id": visit["visit_id"],
        "store": visit["store"],
        "paid_at": paid,
        "amount": Decimal(random.randrange(1, 10_000)) / 100,
        "source_id": "s",
        "arrived_at": paid + random.choice((0, 0, 1, 30, 200)) * HOUR,
    }


def _face(random: Random, name: str) -> Record:
    captured, age = BEGIN + random.randrange(21 * 24) * HOUR, random.randrange(80)
    return {
        "frame_id": name,
        "face_index": random.choice(("0", "0", "0", "")),
        "store": random.choice("ab"),
        "captured_at": captured,
        "face_confidence": random.choice((80.0, 90.0, 99.5)),
        "age_low": age,
        "age_high": age + random.randrange(9),
        "arrived_at": captured + random.choice((0, 0, 1, 30)) * HOUR,
    }


def _changed(random: Random, record: Record, end: datetime) -> Record:
    """Give the record other values, and leave it unknown before a moment."""
    found = {**record, "store": random.choice("ab")}
    if "paid_at" in found:
        found["amount"] = Decimal(random.randrange(1, 10_000)) / 100
        found["paid_at"] = BEGIN + random.randrange(21 * 24) * HOUR
        own = found["paid_at"]
    elif "captured_at" in found:
        found |= {**_face(random, f"changed-{random.random()}"), "face_index": "0"}
        own = found["captured_at"]
    else:
        found |= {"visitor": random.choice("klm"), "basket_touches": 9, "purchased": True}
        found["entered_at"] = BEGIN + random.randrange(21 * 24) * HOUR
        own = moment(found)
    found["arrived_at"] = BEGIN if own >= end and random.random() < 0.5 else max(own, end)
    return found


def history(weeks: Weeks, visit: Record, window: timedelta) -> dict[str, Any]:
    """Say what the features about a visit's past are, record by record."""
    end = moment(visit)

    def is_told(*records: Record) -> bool:
        return end - window <= max(map(weeks.known, records)) < end

    by_id = {each["visit_id"]: each for each in weeks.visits}
    others = [p for p in weeks.purchases if p["visit_id"] != visit["visit_id"]]
    paid = [p for p in others if p["store"] == visit["store"] and is_told(p)]
    seen = [v for v in weeks.visits if v["store"] == visit["store"] and is_told(v)]
    met = [v for v in weeks.visits if v["visitor"] == visit["visitor"]]
    bought = [
        p
        for p in others
        if (v := by_id.get(p["visit_id"])) and v["visitor"] == visit["visitor"] and is_told(p, v)
    ]
    since = [end - moment(v) for v in met if weeks.known(v) < end]
    faces = [f for f in _first(weeks.faces) if f["store"] == visit["store"] and is_told(f)]
    ages = [
        (f["age_low"] + f["age_high"]) / 2
        for f in faces
        if f["face_index"] and f["face_confidence"] >= 90
    ]
    counted = sum(bool(f["face_index"]) for f in faces)
    hours = min(since) / HOUR if since and min(since) <= window else None
    return {
        "store_visits": len(seen),
        "store_receipts": len(paid),
        "store_receipts_per_visit": len(paid) / len(seen) if seen else None,
        "store_mean_amount": fmean(float(p["amount"]) for p in paid) if paid else None,
        "store_faces": counted if counted >= 5 else 0,
        "store_young_share": fmean(age < 20 for age in ages) if len(ages) >= 5 else None,
        "store_senior_share": fmean(age >= 65 for age in ages) if len(ages) >= 5 else None,
        "visitor_visits": sum(is_told(v) for v in met),
        "visitor_receipts": len(bought),
        "visitor_hours_since": hours,
    }


def _first(faces: list[Record]) -> list[Record]:
    """Take each frame as it was analysed first."""
    found: dict[str, Record] = {}
    for face in sorted(faces, key=lambda each: each["arrived_at"]):
        found.setdefault(face["frame_id"], face)
    return list(found.values())


def tampered(random: Random, weeks: Weeks, visit_id: str) -> Weeks:
    """Change all that may not show in a visit's features, and nothing else, at random.

    That is every record that became known at the visit's moment or after it, by its own time or by
    its arrival; all receipts of the visit itself; and when its own record arrived.
    """
    found = deepcopy(weeks)
    (own,) = (visit for visit in found.visits if visit["visit_id"] == visit_id)
    end = moment(own)
    own["purchased"], own["arrived_at"] = not own["purchased"], BEGIN + random.randrange(900) * HOUR
    kept = Weeks([own])
    for name in ("visits", "purchases", "faces"):
        for record in getattr(found, name):
            if record is own:
                continue
            is_hidden = record.get("visit_id") == visit_id or found.known(record) >= end
            if not is_hidden or random.random() < 0.3:
                getattr(kept, name).append(record)
            elif random.random() < 0.5:
                getattr(kept, name).append(_changed(random, record, end))
    for made in range(6):
        visit = _visit(random, f"new-{made}")
        if kept.known(visit) < end:
            visit["arrived_at"] = end + random.randrange(3) * HOUR
        receipt = _receipt(random, visit)
        receipt["arrived_at"] = max(receipt["arrived_at"], end)
        face = _face(random, f"new-{made}")
        face["arrived_at"] = max(face["arrived_at"], end)
        kept.visits.append(visit)
        kept.purchases.append(receipt)
        kept.faces.append(face)
    kept.purchases.append({**_receipt(random, own), "amount": Decimal(7)})
    return kept
