"""Lay out the objects of the results bucket: which rows go into which object, under which name."""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from retail_demographics.cells import encode, moment, number
from retail_demographics.detections import FACE_COLUMNS, NO_FACE, Analysis
from retail_demographics.frames import Frame, Place
from retail_demographics.rejects import Reject

DETECTION_COLUMNS = (
    *("frame_id", "face_index", "faces_in_frame"),
    *("store", "camera", "object_key", "version_id", "sequencer"),
    *("captured_at", "captured_at_source", "event_time", "analyzed_at", "batch_id"),
    *FACE_COLUMNS,
)
REJECT_COLUMNS = (
    *("frame_id", "store", "camera", "object_key", "version_id", "sequencer"),
    *("event_time", "rejected_at", "reason", "detail", "size_bytes"),
)

_NOWHERE = Place("", "", "")
_Item = TypeVar("_Item", Analysis, Reject)


@dataclass(frozen=True, slots=True)
class CsvObject:
    """One object to put, and the frames whose rows it holds.

    The name depends on the set of frames alone, so the same frames are never written twice.
    """

    key: str
    body: bytes
    frame_ids: frozenset[str]


def detection_objects(
    analyses: Iterable[Analysis], analyzed_at: datetime, max_age: timedelta
) -> list[CsvObject]:
    """Write one object per UTC day of capture and store, one row per face.

    A frame with no face has one row as well, which says so: zero footfall is data.
    """

    def folder(analysis: Analysis) -> str:
        day = analysis.frame.capture(max_age).at.date().isoformat()
        return f"detections/day={day}/store={encode(_place(analysis.frame).store)}"

    def rows(analysis: Analysis, batch_id: str) -> Iterable[Sequence[str]]:
        frame, capture = analysis.frame, analysis.frame.capture(max_age)
        before = (str(len(analysis.faces)), *_identity(frame))
        times = (moment(capture.at), capture.source, moment(frame.event_time), moment(analyzed_at))
        for index, cells in enumerate(analysis.faces):
            yield (frame.frame_id, str(index), *before, *times, batch_id, *cells)
        if not analysis.faces:
            yield (frame.frame_id, "", *before, *times, batch_id, *NO_FACE)

    def order(analysis: Analysis) -> tuple[datetime, str]:
        return analysis.frame.capture(max_age).at, analysis.frame.object_id

    return _objects(sorted(analyses, key=order), DETECTION_COLUMNS, folder, rows)


def reject_objects(rejects: Iterable[Reject], rejected_at: datetime) -> list[CsvObject]:
    """Write one object per UTC day of arrival, one row per rejected frame."""

    def folder(reject: Reject) -> str:
        return f"rejects/day={reject.frame.event_time.date().isoformat()}"

    def rows(reject: Reject, _batch_id: str) -> Iterable[Sequence[str]]:
        frame = reject.frame
        times = (moment(frame.event_time), moment(rejected_at))
        why = (reject.reason.value, encode(reject.detail), number(frame.size_bytes))
        yield (frame.frame_id, *_identity(frame), *times, *why)

    def order(reject: Reject) -> tuple[datetime, str]:
        return reject.frame.event_time, reject.frame.object_id

    return _objects(sorted(rejects, key=order), REJECT_COLUMNS, folder, rows)


def batch_id_of(frame_ids: Collection[str]) -> str:
    """Name a set of frames, in whatever order it comes: 32 hex digits."""
    return hashlib.sha256("\0".join(sorted(frame_ids)).encode()).hexdigest()[:32]


def _objects(
    items: Iterable[_Item],
    columns: Sequence[str],
    folder_of: Callable[[_Item], str],
    rows_of: Callable[[_Item, str], Iterable[Sequence[str]]],
) -> list[CsvObject]:
    folders: defaultdict[str, list[_Item]] = defaultdict(list)
    for item in items:
        folders[folder_of(item)].append(item)
    objects = []
    for folder, members in sorted(folders.items()):
        frame_ids = frozenset(member.frame.object_id for member in members)
        batch_id = batch_id_of(frame_ids)
        rows = (row for member in members for row in rows_of(member, batch_id))
        objects.append(CsvObject(f"{folder}/{batch_id}.csv", _csv(columns, rows), frame_ids))
    return objects


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _place(frame: Frame) -> Place:
    return frame.place or _NOWHERE


def _identity(frame: Frame) -> tuple[str, ...]:
    place = _place(frame)
    texts = (place.store, place.camera, frame.key, frame.version_id, frame.sequencer)
    return tuple(encode(text) for text in texts)
