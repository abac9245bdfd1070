"""One version of one object in S3, as its event describes it."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self

ID_DIGITS = 32


@dataclass(frozen=True)
class ObjectVersion:
    """What S3 told about an object. The same version is the same object, however often announced.

    ``version_id`` and ``e_tag`` are "" where the event has none; one of them is there.
    """

    bucket: str
    key: str
    version_id: str
    e_tag: str
    sequencer: str
    size_bytes: int
    event_time: datetime

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """Read what ``told`` gave; raises KeyError, TypeError or ValueError for anything else."""
        return cls(**{**told, "event_time": datetime.fromisoformat(told["event_time"])})

    @property
    def told(self) -> dict[str, Any]:
        """Tell it in words that JSON has."""
        return {**asdict(self), "event_time": self.event_time.isoformat()}

    @cached_property
    def digest(self) -> str:
        """Name the version by what it is and not by how it was announced: 64 hex digits."""
        # Only the key may hold a NUL, so the three parts cannot be mistaken for one another.
        identity = "\0".join((self.bucket, self.key, self.version_id or self.e_tag))
        return hashlib.sha256(identity.encode()).hexdigest()

    @property
    def object_id(self) -> str:
        """Name the version in 32 hex digits, the first half of its digest."""
        return self.digest[:ID_DIGITS]

    @property
    def is_folder_marker(self) -> bool:
        """Whether it is what a console or Hadoop leaves behind to show a folder: an empty object.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-folders.html
        """
        return not self.size_bytes and self.key.endswith(("/", "_$folder$"))
