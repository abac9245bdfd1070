"""A frame: one version of one picture that a camera put into the bucket."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from retail_demographics.capture_time import Capture, capture_of

MAX_STORE_BYTES = 128


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame comes from, read from a key laid out as ``<store>/<camera>/<name>``."""

    store: str
    camera: str
    name: str


def place_of(key: str) -> Place | None:
    """Read store, camera and name from a key; None when it is laid out otherwise."""
    parts = key.split("/", 2)
    if len(parts) < 3 or not all(parts) or len(parts[0].encode()) > MAX_STORE_BYTES:
        return None
    return Place(*parts)


@dataclass(frozen=True)
class Frame:
    """What S3 told about a frame. The same version of an object is the same frame."""

    bucket: str
    key: str
    version_id: str
    e_tag: str
    sequencer: str
    size_bytes: int
    event_time: datetime

    @cached_property
    def frame_id(self) -> str:
        """Name the frame by what it is and not by how it was announced: 32 hex digits."""
        # Only the key may hold a NUL, so the three parts cannot be mistaken for one another.
        identity = "\0".join((self.bucket, self.key, self.version_id or self.e_tag))
        return hashlib.sha256(identity.encode()).hexdigest()[:32]

    @cached_property
    def place(self) -> Place | None:
        """Say where the frame comes from; None when its key does not tell."""
        return place_of(self.key)

    def capture(self, max_age: timedelta) -> Capture:
        """Say when the frame was captured."""
        name = self.place.name if self.place else ""
        return capture_of(name, self.event_time, max_age)
