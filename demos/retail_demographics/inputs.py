"""The input of the demo: a drawn shop day, frames under odd names, files that are no frames."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from fixtures.bad_files import bad_files, odd_names
from fixtures.shop_day import STORES, shop_day

FRAMES = 336  # four an hour from each camera: the quota alone takes seven seconds for them
GONE_KEY = "harbour/entrance/deleted-at-once.png"
BUSY = 2.25  # times the usual crowd, as in a sale: groups large enough to be published
SEED = 20261120


@dataclass(frozen=True, slots=True)
class File:
    """One object to upload; ``drawn`` faces, of a shop's hour (None: not part of the day).

    ``reason`` is why it must be rejected; a file of reason ``gone`` is deleted at once.
    """

    key: str
    content: bytes
    drawn: int = 0
    store: str = ""
    hour: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that is uploaded."""

    date: str
    good: tuple[File, ...]
    bad: tuple[File, ...]

    @property
    def stores(self) -> tuple[str, ...]:
        """Name the shops of the day, in the order of the fixtures."""
        return tuple(store.name for store in STORES)

    @property
    def cameras(self) -> int:
        """Count the cameras of all shops."""
        return sum(len(store.cameras) for store in STORES)

    @property
    def hours(self) -> set[tuple[str, str]]:
        """Give each (store, hour) in which a camera sent something."""
        return {(file.store, file.hour) for file in self.good if file.hour}


@dataclass(frozen=True, slots=True)
class Odd:
    """What no camera sends: good frames under odd names, and files that must be rejected."""

    good: tuple[File, ...]
    bad: tuple[File, ...]


def make_odd() -> Odd:
    """Make every file that is not part of the day."""
    odd = [File(o.key, o.content, 1, reason=o.reason) for o in odd_names()]
    bad = [File(b.key, b.content, reason=b.reason) for b in bad_files()]
    gone = File(GONE_KEY, odd[0].content, reason="gone")
    return Odd(
        good=tuple(file for file in odd if file.reason is None),
        bad=(gone, *bad, *(file for file in odd if file.reason)),
    )


def draw_frames(now: datetime, frames: int = FRAMES) -> Iterator[File]:
    """Draw, one by one, the day before as it was in the shops of the fixtures."""
    stores = [replace(store, busy=store.busy * BUSY) for store in STORES]
    for c in shop_day(SEED, now=now, frames=frames, stores=stores):
        yield File(c.key, c.image, len(c.people), c.store, f"{c.captured_at:%H}")
