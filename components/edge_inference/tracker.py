"""One bird is one sighting, however many frames it is in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from edge_inference.boxes import overlaps
from edge_inference.detections import Detection

_LEAST_OVERLAP = 0.2  # between two frames: a bird hops by less than most of its length
_FARTHEST = 1.5  # or its centre moved by so many of its widths


@dataclass(slots=True)
class Track:
    """A bird that is or was in view. Moments are seconds of a clock that only runs forward."""

    number: int
    first: float
    last: float
    frames: int
    box: tuple[float, float, float, float]
    best: float  # its highest confidence
    votes: dict[str, float] = field(default_factory=dict)  # of each species, confidences summed

    @property
    def species(self) -> str:
        """The species that its frames speak for most."""
        return max(self.votes, key=lambda name: (self.votes[name], name))


class Tracker:
    """Follows birds from frame to frame.

    A detection belongs to the track that it overlaps most, or that is nearest; what belongs to none
    begins a new one. A track ends when it was not seen for ``gone_seconds``, or lasted for
    ``longest_seconds``. It is a sighting if it was in ``frames_to_confirm`` frames: what a detector
    sees once is as likely a leaf.
    """

    def __init__(
        self, *, frames_to_confirm: int, gone_seconds: float, longest_seconds: float
    ) -> None:
        self._frames, self._gone, self._longest = frames_to_confirm, gone_seconds, longest_seconds
        self._open: list[Track] = []
        self._number = 0

    def seen(self, detections: Sequence[Detection], now: float) -> list[Track]:
        """Take what is in a frame at this moment; return the sightings that came to their end."""
        ended = self.passed(now)
        free = list(range(len(detections)))
        for track, index in self._pairs(detections):
            free.remove(index)
            self._follow(track, detections[index], now)
        for index in free:
            one = detections[index]
            self._number += 1
            votes = {one.species: one.confidence}
            self._open.append(Track(self._number, now, now, 1, one.box, one.confidence, votes))
        return ended

    def passed(self, now: float) -> list[Track]:
        """End what was not seen for too long, or lasts too long; return what was a sighting."""
        over = [
            track
            for track in self._open
            if now - track.last > self._gone or now - track.first > self._longest
        ]
        self._open = [track for track in self._open if track not in over]
        return self._confirmed(over)

    def finished(self) -> list[Track]:
        """End all, as nobody looks on; return what was a sighting."""
        over, self._open = self._open, []
        return self._confirmed(over)

    @property
    def in_view(self) -> int:
        """How many birds it follows."""
        return len(self._open)

    def state(self) -> dict[str, Any]:
        """Give what is in view, as JSON, for a tracker that goes on after a restart."""
        return {"number": self._number, "open": [asdict(track) for track in self._open]}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from where another tracker was, its clock being the same."""
        self._number = int(state["number"])
        self._open = [
            Track(**{**track, "box": tuple(track["box"])})  # JSON has no tuples
            for track in state["open"]
        ]

    def _confirmed(self, tracks: Iterable[Track]) -> list[Track]:
        return [track for track in tracks if track.frames >= self._frames]

    def _pairs(self, detections: Sequence[Detection]) -> list[tuple[Track, int]]:
        """Pair tracks and detections, the best pair first; each is in one pair at most."""
        if not self._open or not detections:
            return []
        tracks = np.array([track.box for track in self._open], np.float32)
        found = np.array([one.box for one in detections], np.float32)
        shared = overlaps(tracks, found)
        middles = (
            tracks[:, None, :2] + tracks[:, None, 2:] - found[None, :, :2] - found[None, :, 2:]
        ) / 2
        widths = np.maximum(tracks[:, 2] - tracks[:, 0], 1)[:, None]
        distances = np.hypot(middles[..., 0], middles[..., 1]) / widths
        # Those that overlap come before those that are merely near.
        merit = np.where(shared >= _LEAST_OVERLAP, 1 + shared, 1 - distances / _FARTHEST)
        pairs: list[tuple[Track, int]] = []
        while merit.size and merit.max() > 0:
            row, column = np.unravel_index(int(merit.argmax()), merit.shape)
            pairs.append((self._open[row], int(column)))
            merit[row, :], merit[:, column] = -1, -1
        return pairs

    def _follow(self, track: Track, one: Detection, now: float) -> None:
        track.last, track.box, track.frames = now, one.box, track.frames + 1
        track.best = max(track.best, one.confidence)
        track.votes[one.species] = track.votes.get(one.species, 0) + one.confidence
