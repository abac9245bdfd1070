"""Read SQS messages that carry S3 event notifications."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from retail_demographics.frames import Frame


class UnreadableMessageError(ValueError):
    """A message that is no S3 event notification. It says what is missing, never the content."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The frames that a batch of messages announces, each once, and who announced them."""

    frames: Mapping[str, Frame]
    announced_by: Mapping[str, frozenset[str]]
    unreadable: Mapping[str, str]
    repeats: int

    def messages_to_retry(self, unfinished: Collection[str]) -> list[str]:
        """List the ids of messages with an unfinished frame, and of those that nobody can read."""
        unfinished = frozenset(unfinished)
        waiting = [
            m for m, frames in self.announced_by.items() if not frames.isdisjoint(unfinished)
        ]
        return [*waiting, *self.unreadable]


def read_batch(messages: Iterable[Mapping[str, Any]]) -> Batch:
    """Read all messages of an SQS event, in whatever order and however often they come."""
    frames: dict[str, Frame] = {}
    announced_by: dict[str, frozenset[str]] = {}
    unreadable: dict[str, str] = {}
    announcements = 0
    for message in messages:
        try:
            announced = frames_in(message["body"])
        except UnreadableMessageError as error:
            unreadable[message["messageId"]] = str(error)
            continue
        announcements += len(announced)
        for frame in announced:
            # Where two announcements of one frame differ, the same one wins in any order.
            frames[frame.frame_id] = min(frame, frames.get(frame.frame_id, frame), key=_age)
        announced_by[message["messageId"]] = frozenset(frame.frame_id for frame in announced)
    return Batch(frames, announced_by, unreadable, repeats=announcements - len(frames))


def _age(frame: Frame) -> tuple[datetime, str, int, str]:
    return frame.event_time, frame.sequencer, frame.size_bytes, frame.e_tag


def frames_in(body: str) -> tuple[Frame, ...]:
    """Read the frames that one message announces; other events of S3 announce none.

    Raises UnreadableMessageError when any part of the message cannot be understood.
    """
    try:
        notice = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        raise UnreadableMessageError(
            "the body is not JSON; want an S3 event notification"
        ) from None
    if not isinstance(notice, dict):
        raise UnreadableMessageError("the body is not a JSON object; want an S3 event notification")
    if notice.get("Event") == "s3:TestEvent":
        return ()
    records = notice.get("Records")
    if not isinstance(records, list):
        raise UnreadableMessageError("the body has no list Records; want an S3 event notification")
    return tuple(_frame(record) for record in records if _is_creation(record))


def _is_creation(record: object) -> bool:
    name = record.get("eventName") if isinstance(record, dict) else None
    if not isinstance(name, str):
        raise UnreadableMessageError("a record has no eventName; want an S3 event notification")
    return name.removeprefix("s3:").startswith("ObjectCreated:")


def _frame(record: Mapping[str, Any]) -> Frame:
    bucket = _text(record, "s3", "bucket", "name")
    version_id = _text(record, "s3", "object", "versionId", default="")
    e_tag = _text(record, "s3", "object", "eTag", default="")
    if not bucket or not (version_id or e_tag):
        raise UnreadableMessageError("a record names no bucket, or neither a versionId nor an eTag")
    return Frame(
        bucket=bucket,
        key=_key(_text(record, "s3", "object", "key")),
        version_id=version_id,
        e_tag=e_tag,
        sequencer=_text(record, "s3", "object", "sequencer", default=""),
        size_bytes=_size(_find(record, "s3", "object", "size")),
        event_time=_time(_text(record, "eventTime")),
    )


def _find(record: object, *path: str) -> object:
    for name in path:
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _text(record: object, *path: str, default: str | None = None) -> str:
    value = _find(record, *path)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not _is_unicode(value):
        raise UnreadableMessageError(f"a record's {'.'.join(path)} is missing or not text")
    return value


def _is_unicode(text: str) -> bool:
    # JSON can spell half a surrogate pair, which no UTF-8 can hold.
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _key(quoted: str) -> str:
    try:
        key = unquote_plus(quoted, errors="strict")
    except UnicodeDecodeError:
        key = ""
    if not key:
        raise UnreadableMessageError("a record's s3.object.key is empty or not UTF-8")
    return key


def _size(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UnreadableMessageError(
            "a record's s3.object.size is missing or not a number of bytes"
        )
    return value


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableMessageError("a record's eventTime is not an ISO 8601 time") from None
