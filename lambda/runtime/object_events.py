"""Read the objects that messages announce: S3's own notifications, and EventBridge's events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import unquote_plus

from runtime.object_versions import ObjectVersion

Version = TypeVar("Version", bound=ObjectVersion)

WANT_NOTIFICATION = "want an S3 event notification"
WANT_EVENT = 'want an EventBridge event "Object Created" of S3'


class UnreadableMessageError(ValueError):
    """A message that announces no object. It says what is missing, never the content."""


def notified_objects(body: str, kind: type[Version]) -> tuple[Version, ...]:
    """Read the objects that a notification of S3's announces; its other events announce none.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    Raises UnreadableMessageError when any part of the message cannot be understood.
    """
    notice = _json(body, WANT_NOTIFICATION)
    if not isinstance(notice, dict):
        raise UnreadableMessageError(f"the body is not a JSON object; {WANT_NOTIFICATION}")
    if notice.get("Event") == "s3:TestEvent":
        return ()
    records = notice.get("Records")
    if not isinstance(records, list):
        raise UnreadableMessageError(f"the body has no list Records; {WANT_NOTIFICATION}")
    return tuple(_notified(_Fields(r), kind) for r in records if _is_creation(_Fields(r)))


def event_object(body: str, kind: type[Version]) -> tuple[Version]:
    """Read the object that an event of EventBridge's announces; it has to have a version.

    Keys come raw in these events, where S3's own notifications percent-encode them:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    Raises UnreadableMessageError when anything that is needed cannot be understood.
    """
    event = _Fields(_json(body, WANT_EVENT), WANT_EVENT)
    if event.find("source") != "aws.s3" or event.find("detail-type") != "Object Created":
        raise UnreadableMessageError(f"it has another source or detail-type; {WANT_EVENT}")
    return (
        kind(
            bucket=event.text("detail", "bucket", "name"),
            key=event.text("detail", "object", "key"),
            version_id=event.text("detail", "object", "version-id"),
            e_tag=event.text("detail", "object", "etag", default=""),
            sequencer=event.text("detail", "object", "sequencer", default=""),
            size_bytes=event.size("detail", "object", "size"),
            event_time=event.time("time"),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of a record or event. What is wrong with one is told by its name alone."""

    content: object
    want: str = WANT_NOTIFICATION

    def find(self, *path: str) -> object:
        found = self.content
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def text(self, *path: str, default: str | None = None) -> str:
        value = self.find(*path)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not _is_unicode(value) or not (value or default == ""):
            raise self.problem(path, "text")
        return value

    def size(self, *path: str) -> int:
        value = self.find(*path)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.problem(path, "a number of bytes")
        return value

    def time(self, *path: str) -> datetime:
        try:
            time = datetime.fromisoformat(self.text(*path))
            return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.problem(path, "an ISO 8601 time") from None

    def problem(self, path: tuple[str, ...], expected: str) -> UnreadableMessageError:
        return UnreadableMessageError(f"{'.'.join(path)} is missing or not {expected}; {self.want}")


def _notified(record: _Fields, kind: type[Version]) -> Version:
    version_id = record.text("s3", "object", "versionId", default="")
    e_tag = record.text("s3", "object", "eTag", default="")
    if not (version_id or e_tag):
        raise UnreadableMessageError(
            f"a record names neither a versionId nor an eTag; {record.want}"
        )
    return kind(
        bucket=record.text("s3", "bucket", "name"),
        key=_unquoted(record),
        version_id=version_id,
        e_tag=e_tag,
        sequencer=record.text("s3", "object", "sequencer", default=""),
        size_bytes=record.size("s3", "object", "size"),
        event_time=record.time("eventTime"),
    )


def _is_creation(record: _Fields) -> bool:
    return record.text("eventName").removeprefix("s3:").startswith("ObjectCreated:")


def _unquoted(record: _Fields) -> str:
    path = ("s3", "object", "key")
    try:
        return unquote_plus(record.text(*path), errors="strict")
    except UnicodeDecodeError:
        raise record.problem(path, "UTF-8") from None


def _json(body: str, want: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, TypeError, RecursionError):
        raise UnreadableMessageError(f"the body is not JSON; {want}") from None


def _is_unicode(text: str) -> bool:
    # JSON can spell half a surrogate pair, which no UTF-8 can hold.
    return not any("\ud800" <= character <= "\udfff" for character in text)
