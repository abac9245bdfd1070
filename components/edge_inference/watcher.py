"""From frames to sightings: the order in which a device looks, follows, and writes down."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from edge_inference.configuration import Configuration
from edge_inference.detections import BadOutputError, Detection, split_by_threshold
from edge_inference.detector import Detector
from edge_inference.frame_sources import Frame
from edge_inference.health import Health
from edge_inference.motion_gate import MotionGate
from edge_inference.sighting import Moment, Origin, record
from edge_inference.tracker import Track, Tracker

TRACKS = "tracks"  # the note beside the spool's records


@dataclass(frozen=True, slots=True)
class Seen:
    """What a frame came to: sightings that ended, and birds that the model is not sure of."""

    sightings: list[dict[str, Any]]
    unsure: list[Detection]


class Watcher:
    """Turns frames into sightings; the clock's moment comes with each frame.

    Its state is noted with what it wrote, so that a device that is killed goes on following the
    birds that it had in view: none is lost by that, and none becomes two.
    """

    def __init__(
        self, settings: Configuration, detector: Detector, device: str, health: Health
    ) -> None:
        self._settings, self._health, self._device = settings, health, device
        self.detector = detector
        self._gate = MotionGate(settings.motion_least_share)
        tracking = settings.tracking
        self._tracker = Tracker(
            frames_to_confirm=tracking.frames_to_confirm,
            gone_seconds=tracking.gone_seconds,
            longest_seconds=tracking.longest_seconds,
        )
        self._size = (1, 1)

    def look(self, frame: Frame, now: Moment) -> Seen:
        """Take a frame. What the model makes of it is left out where it is no output at all."""
        height, width = frame.pixels.shape[:2]
        self._size = (width, height)
        self._health.counts["frames"] += 1
        moves = self._gate.lets_through(frame.pixels)
        # A bird that sits still is there all the same: only an empty view is not looked at.
        if not moves and not self._tracker.in_view:
            self._health.counts["frames_still"] += 1
            return Seen(self._records(self._tracker.passed(now.uptime), now), [])
        try:
            found = self.detector.look(frame.pixels)
        except BadOutputError as error:
            self._health.counts["frames_failed"] += 1
            self._health.holds("model_corrupt", str(error))
            return Seen(self._records(self._tracker.passed(now.uptime), now), [])
        sure, unsure = split_by_threshold(found, self._settings.thresholds)
        return Seen(self._records(self._tracker.seen(sure, now.uptime), now), unsure)

    def passed(self, now: Moment) -> list[dict[str, Any]]:
        """End what has gone while no frame came."""
        return self._records(self._tracker.passed(now.uptime), now)

    def finished(self, now: Moment) -> list[dict[str, Any]]:
        """End everything: nobody looks on."""
        return self._records(self._tracker.finished(), now)

    @property
    def in_view(self) -> int:
        """How many birds are followed."""
        return self._tracker.in_view

    def note(self, now: Moment) -> tuple[str, bytes]:
        """Give what is in view, to be kept with the records."""
        state = {"moment": asdict(now), "size": self._size, "tracker": self._tracker.state()}
        return TRACKS, json.dumps(state).encode()

    def resume(self, note: bytes | None, now: Moment) -> list[dict[str, Any]]:
        """Go on from a note; return the sightings that ended in between.

        After another boot the clock is another one, and whoever was in view then has gone.
        """
        if not note:
            return []
        state: Mapping[str, Any] = json.loads(note)
        then = Moment(**state["moment"])
        self._size = (int(state["size"][0]), int(state["size"][1]))
        self._tracker.resume(state["tracker"])
        if then.boot == now.boot:
            return self.passed(now)
        return self.finished(then)

    def _records(self, tracks: list[Track], now: Moment) -> list[dict[str, Any]]:
        origin = Origin(
            device=self._device,
            site=self._settings.site,
            source=self._settings.source.kind,
            model=self.detector.model.short_name,
        )
        self._health.counts["sightings"] += len(tracks)
        return [record(track, now, origin, self._size) for track in tracks]
