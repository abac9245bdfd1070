"""Read SQS messages that carry EventBridge's "Object Created" events of S3."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

WANT = 'want an EventBridge event "Object Created" of S3'
ID_DIGITS = 32


class UnreadableMessageError(ValueError):
    """A message that announces no object. It says what is missing, never the content."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One version of one object that came to the inbox. The same version is the same document."""

    bucket: str
    key: str
    version_id: str
    size_bytes: int
    event_time: datetime

    @property
    def execution_name(self) -> str:
        """Name the one execution that works on it: 64 hex digits."""
        # Only the key may hold a NUL, so the three parts cannot be mistaken for one another.
        identity = "\0".join((self.bucket, self.key, self.version_id))
        return hashlib.sha256(identity.encode()).hexdigest()

    @property
    def document_id(self) -> str:
        """Name the document: 32 hex digits, the first half of the execution's name."""
        return self.execution_name[:ID_DIGITS]

    @property
    def copy_source(self) -> str:
        """Name the version as S3's CopyObject wants it: percent-encoded, slashes as they are."""
        place = quote(f"{self.bucket}/{self.key}", safe="/")
        return f"{place}?versionId={quote(self.version_id, safe='')}"

    @property
    def is_folder_marker(self) -> bool:
        """Whether it is what a console leaves behind to show an empty folder."""
        return self.key.endswith("/") and self.size_bytes == 0

    def execution_input(self) -> dict[str, Any]:
        """Say all that the state machine is told."""
        return {
            "document_id": self.document_id,
            "attempt": 1,
            "bucket": self.bucket,
            "key": self.key,
            "version_id": self.version_id,
            "size": self.size_bytes,
            "event_time": self.event_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "copy_source": self.copy_source,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """The objects that a batch of messages announces, each once, and who announced them."""

    arrivals: Mapping[str, Arrival]
    announced_by: Mapping[str, tuple[str, ...]]
    unreadable: Mapping[str, str]
    ignored: int

    @property
    def repeats(self) -> int:
        """Count the messages that announce what another one in the batch announces too."""
        return sum(len(messages) - 1 for messages in self.announced_by.values())


def read_batch(messages: Iterable[Mapping[str, Any]]) -> Batch:
    """Read all messages of an SQS event; arrivals go by the name of their execution."""
    arrivals: dict[str, Arrival] = {}
    announced_by: dict[str, tuple[str, ...]] = {}
    unreadable: dict[str, str] = {}
    ignored = 0
    for message in messages:
        try:
            arrival = arrival_in(message["body"])
        except UnreadableMessageError as error:
            unreadable[message["messageId"]] = str(error)
            continue
        if arrival.is_folder_marker:
            ignored += 1
            continue
        name = arrival.execution_name
        arrivals.setdefault(name, arrival)
        announced_by[name] = (*announced_by.get(name, ()), message["messageId"])
    return Batch(arrivals, announced_by, unreadable, ignored)


def arrival_in(body: str) -> Arrival:
    """Read the object that one message announces.

    Keys come raw in these events, where S3's own notifications percent-encode them:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    Raises UnreadableMessageError when anything that is needed cannot be understood.
    """
    try:
        event = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        raise UnreadableMessageError(f"the body is not JSON; {WANT}") from None
    if _find(event, "source") != "aws.s3" or _find(event, "detail-type") != "Object Created":
        raise UnreadableMessageError(f"the event has another source or detail-type; {WANT}")
    return Arrival(
        bucket=_text(event, "detail", "bucket", "name"),
        key=_text(event, "detail", "object", "key"),
        version_id=_text(event, "detail", "object", "version-id"),
        size_bytes=_size(_find(event, "detail", "object", "size")),
        event_time=_time(_text(event, "time")),
    )


def _find(event: object, *path: str) -> object:
    for name in path:
        event = event.get(name) if isinstance(event, dict) else None
    return event


def _text(event: object, *path: str) -> str:
    value = _find(event, *path)
    if not isinstance(value, str) or not value or not _is_unicode(value):
        raise UnreadableMessageError(f"the event's {'.'.join(path)} is missing or not text; {WANT}")
    return value


def _is_unicode(text: str) -> bool:
    # JSON can spell half a surrogate pair, which no UTF-8 can hold.
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _size(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UnreadableMessageError(
            f"the event's detail.object.size is missing or not a number of bytes; {WANT}"
        )
    return value


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableMessageError(f"the event's time is not an ISO 8601 time; {WANT}") from None
