"""Turn Athena's answers into the results of the day. Pure."""

from collections import Counter
from collections.abc import Mapping

from demos.athena import Answers, Row, Rows
from demos.retail_demographics.day import Day, File
from demos.retail_demographics.results import (
    Account,
    Attribute,
    Face,
    Frame,
    Group,
    Kept,
    Rejected,
    StoreHour,
)

SHOWN_FACES = (3, 6, 2, 4, 1, 5)  # in the frames that are shown, one of each camera
ATTRIBUTES = (
    "smile", "eyeglasses", "sunglasses", "beard", "mustache", "eyes_open", "mouth_open",
    "face_occluded",
)  # fmt: skip
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


def account_of(
    day: Day,
    answers: Answers,
    *,
    dead_letters: int,
    left_in_bucket: int,
    refused: tuple[str, ...] = (),
) -> Account:
    """Count what came out against what went in, key by key."""
    frames = Counter(row["object_key"] for row in answers["frames"])
    faces = Counter((row["object_key"], row["face_index"]) for row in answers["faces"])
    reasons = {row["object_key"]: row["reason"] for row in answers["rejects"]}
    reported = {row["object_key"]: int(row["faces_in_frame"]) for row in answers["frames"]}
    repeated = {key for (key, _), rows in faces.items() if rows > 1}
    good = {file.key: file for file in day.good}
    # The function may look at a file before the demo has deleted it: then it is counted.
    bad = [file for file in day.bad if file.reason != "gone" or file.key not in frames]
    lost = [key for key in good if key not in frames and key not in reasons]
    twice = [key for key in frames if frames[key] > 1 or key in repeated]
    return Account(
        frames_sent=len(good),
        frames_counted=sum(frames[key] == 1 for key in good),
        frames_lost=tuple(lost),
        frames_counted_twice=tuple(twice),
        faces_drawn=sum(file.drawn for file in day.good),
        faces_reported=sum(reported.values()),
        faces_in_views=sum(faces.values()),
        frames_unlike_drawing=sum(
            reported.get(key, file.drawn) != file.drawn for key, file in good.items()
        ),
        bad_files_sent=len(bad),
        bad_files_rejected=sum(file.key in reasons for file in bad),
        bad_files_missing=tuple(file.key for file in bad if file.key not in reasons),
        good_files_rejected=tuple(key for key in good if key in reasons),
        other_reasons=tuple(
            f"{file.key!r} is {reasons[file.key]}, not {file.reason}"
            for file in bad
            if reasons.get(file.key, file.reason) != file.reason
        ),
        dead_letters=dead_letters,
        frames_left_in_bucket=left_in_bucket,
        refused=refused,
    )


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


def samples_of(day: Day, rows: Rows) -> tuple[Frame, ...]:
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
    return tuple(
        Frame(
            file.key,
            file.content,
            MEDIA_TYPES[file.key.rpartition(".")[2]],
            file.drawn,
            tuple(_face(row) for row in faces[file.key]),
        )
        for file in chosen
    )


def _with_about(want: int, files: list[File], faces: Mapping[str, list[Row]]) -> File:
    return min(files, key=lambda file: (abs(len(faces[file.key]) - want), file.key))


def _hour(row: Row) -> str:
    """Take the hour out of ``2026-11-20 09:00:00.000``."""
    return row["hour"][11:13]


def _face(row: Row) -> Face:
    left, top, width, height = (
        float(row[f"box_{side}"]) for side in ("left", "top", "width", "height")
    )
    said = [Attribute("face", "", _percent(row["face_confidence"]))]
    if row["age_low"]:
        said.append(Attribute("age", f"{row['age_low']} to {row['age_high']}"))
    said += [
        Attribute(name.replace("_", " "), row[name], _percent(row[f"{name}_confidence"]))
        for name in ("gender", "emotion", *ATTRIBUTES)
        if row[name]
    ]
    return Face(left, top, width, height, tuple(said))


def _percent(cell: str) -> float | None:
    return float(cell) if cell else None
