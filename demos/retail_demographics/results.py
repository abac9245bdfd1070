"""What one shop day gave: all that the terminal and the page show, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from demos import results


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing Rekognition says of a face, and how sure it is (0 to 100)."""

    name: str
    value: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """A face as a row of the view ``faces``; the box in shares of the frame (0 to 1)."""

    left: float
    top: float
    width: float
    height: float
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that was sent, kept by the demo to draw on; the bucket has deleted its own."""

    key: str
    picture: bytes
    media_type: str
    drawn: int
    faces: tuple[Face, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Results(results.Results):
    """The whole day."""

    day: str
    group_size: int
    age_bands: tuple[str, ...]
    thresholds: Mapping[str, float]
    sent: Sent
    account: Account
    footfall: tuple[StoreHour, ...]
    groups: tuple[Group, ...]
    profile: tuple[Kept, ...]
    rejects: tuple[Rejected, ...]
    frames: tuple[Frame, ...]
    objects_written: int
    retention_days: int
