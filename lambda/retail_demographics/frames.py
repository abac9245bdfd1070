"""A frame: one version of one picture that a camera put into the bucket."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from runtime.capture_time import Capture, capture_of
from runtime.object_versions import ID_DIGITS, ObjectVersion

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
class Frame(ObjectVersion):
    """What S3 told about a frame. ``checksum`` is "" where it was not asked for, or has none."""

    checksum: str = ""

    @cached_property
    def frame_id(self) -> str:
        """Name the picture in 32 hex digits: by its bytes and key, or else by its version."""
        if not self.checksum:
            return self.object_id
        # Only the key may hold a NUL, and no version has a blank.
        identity = "\0".join((self.bucket, self.key, f"{self.size_bytes} {self.checksum}"))
        return hashlib.sha256(identity.encode()).hexdigest()[:ID_DIGITS]

    @cached_property
    def place(self) -> Place | None:
        """Say where the frame comes from; None when its key does not tell."""
        return place_of(self.key)

    def capture(self, max_age: timedelta) -> Capture:
        """Say when the frame was captured."""
        name = self.place.name if self.place else ""
        return capture_of(name, self.event_time, max_age)
