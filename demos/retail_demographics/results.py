"""What one shop day gave, as plain values, and how Athena's answers become them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from costs.bill import Line
from demos.athena import Row, Rows
from demos.report.blocks import Key, Picture, Spot
from demos.retail_demographics.inputs import Day, File

SHOWN_FACES = (3, 6, 2, 4, 1, 5)  # in the frames that are shown, one of each camera
ATTRIBUTES = (
    "smile", "eyeglasses", "sunglasses", "beard", "mustache", "eyes_open", "mouth_open",
    "face_occluded",
)  # fmt: skip
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Sent:
    """What went in."""

    frames: int
    bad_files: int
    size_bytes: int
    faces_drawn: int
    stores: tuple[str, ...]
    cameras: int
    hours: int


@dataclass(frozen=True, slots=True)
class StoreHour:
    """Footfall of one store in one hour of its own clock; ``faces`` is None where withheld."""

    store: str
    hour: str
    frames: int
    faces: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """Faces of one store and one value (an age band, a mood), summed over the published hours."""

    store: str
    dimension: str
    value: str
    faces: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The share of faces (0 to 1) whose attribute reaches a threshold (0 to 100)."""

    attribute: str
    threshold: float
    faces: int
    share: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that can never be analysed, and why."""

    key: str
    reason: str
    detail: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Account:
    """What came out, counted against what went in."""

    frames_sent: int
    frames_counted: int
    frames_lost: tuple[str, ...]
    frames_counted_twice: tuple[str, ...]
    faces_drawn: int
    faces_reported: int
    faces_in_views: int
    frames_unlike_drawing: int
    bad_files_sent: int
    bad_files_rejected: int
    bad_files_missing: tuple[str, ...]
    good_files_rejected: tuple[str, ...]
    other_reasons: tuple[str, ...]
    dead_letters: int
    frames_left_in_bucket: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The whole day."""

    ran_at: datetime
    day: str
    group_size: int
    age_bands: Sequence[str]
    thresholds: Mapping[str, float]
    sent: Sent
    account: Account
    footfall: Sequence[StoreHour]
    groups: Sequence[Group]
    profile: Sequence[Kept]
    rejects: Sequence[Rejected]
    frames: Sequence[Picture]
    costs: Sequence[Line]
    calls: Mapping[str, int]
    objects_written: int
    synthetic: Sequence[str]
    retention_days: int


def footfall_of(day: Day, rows: Rows) -> tuple[StoreHour, ...]:
    """List every store and hour that sent frames; one that the view leaves out is withheld."""
    told = {
        (row["store"], _hour(row)): row
        for row in rows
        if row["day"] == day.date and row["dimension"] == "all"
    }
    hours = sorted({hour for _, hour in day.hours})
    sent = Counter((file.store, file.hour) for file in day.good if file.hour)
    return tuple(
        StoreHour(store, hour, sent[store, hour], int(row["faces"]) if row else None)
        for store in day.stores
        for hour in hours
        if (store, hour) in day.hours
        for row in [told.get((store, hour))]
    )


def groups_of(day: Day, rows: Rows) -> tuple[Group, ...]:
    """Sum the published groups over the day; ``withheld`` stays a group of its own."""
    faces: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row["day"] == day.date and row["dimension"] != "all" and row["store"] in day.stores:
            faces[row["store"], row["dimension"], row["value"]] += int(row["faces"])
    return tuple(Group(*named, count) for named, count in sorted(faces.items()))


def profile_of(rows: Rows) -> tuple[Kept, ...]:
    """Order the confidence profile by attribute and threshold."""
    kept = [
        Kept(row["attribute"], float(row["threshold"]), int(row["faces"]), float(row["share"]))
        for row in rows
    ]
    return tuple(sorted(kept, key=lambda k: (k.attribute, k.threshold)))


def rejects_of(rows: Rows) -> tuple[Rejected, ...]:
    """Order the rejects by reason."""
    found = [
        Rejected(row["object_key"], row["reason"], row["detail"], int(row["size_bytes"] or 0))
        for row in rows
    ]
    return tuple(sorted(found, key=lambda r: (r.reason, r.key)))


def samples_of(day: Day, rows: Rows) -> tuple[Picture, ...]:
    """Choose a frame of each camera, full ones and quiet ones, with the boxes of the view."""
    faces: dict[str, list[Row]] = {}
    for row in rows:
        faces.setdefault(row["object_key"], []).append(row)
    cameras: dict[str, list[File]] = {}
    for file in day.good:
        if file.hour and len(faces.get(file.key, ())) == file.drawn > 0:
            cameras.setdefault(file.key.rpartition("/")[0], []).append(file)
    chosen = [
        _with_about(want, files, faces)
        for (_, files), want in zip(sorted(cameras.items()), SHOWN_FACES, strict=False)
    ]
    return tuple(picture(file, faces[file.key]) for file in chosen)


def _with_about(want: int, files: list[File], faces: Mapping[str, list[Row]]) -> File:
    return min(files, key=lambda file: (abs(len(faces[file.key]) - want), file.key))


def _hour(row: Row) -> str:
    """Take the hour out of ``2026-11-20 09:00:00.000``."""
    return row["hour"][11:13]


def picture(file: File, rows: Rows) -> Picture:
    """Show a frame with the faces of the view; the bucket has deleted its own."""
    found = "1 face" if len(rows) == 1 else f"{len(rows)} faces"
    return Picture(
        Key(file.key),
        file.content,
        MEDIA_TYPES[file.key.rpartition(".")[2]],
        f"Drawn frame with {found} found",
        found,
        tuple(map(_spot, rows)),
    )


def _spot(row: Row) -> Spot:
    left, top, width, height = (
        float(row[f"box_{side}"]) for side in ("left", "top", "width", "height")
    )
    said = [("face", "", _percent(row["face_confidence"]))]
    if row["age_low"]:
        said.append(("age", f"{row['age_low']} to {row['age_high']}", None))
    said += [
        (name.replace("_", " "), row[name], _percent(row[f"{name}_confidence"]))
        for name in ("gender", "emotion", *ATTRIBUTES)
        if row[name]
    ]
    return Spot(left, top, width, height, "Face", said)


def _percent(cell: str) -> float | None:
    return float(cell) if cell else None
