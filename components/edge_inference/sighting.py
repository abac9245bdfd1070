"""A sighting: what the cloud is told of a bird, and when that was though clocks may be wrong."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from edge_inference.tracker import Track


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment by both clocks of a device: the wall's, which jumps, and the one since its boot."""

    wall: float  # seconds since 1970, as the device believes
    uptime: float  # seconds since the boot, sleep included
    boot: str  # which boot: uptimes of two are not compared

    def before(self, seconds: float) -> "Moment":
        """Give the moment that was so many seconds earlier."""
        return Moment(self.wall - seconds, self.uptime - seconds, self.boot)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who saw it: the device (its thing), the site and the source, and by which model."""

    device: str
    site: str
    source: str
    model: str


def record(
    track: Track, now: Moment, origin: Origin, frame_size: tuple[int, int]
) -> dict[str, Any]:
    """Write a track down as it is kept and sent; ``now`` is the moment of the tracker's clock.

    Its id is made of the device, the boot, the source and the track, so that one bird has one id
    however often it is delivered. The box is in shares of the frame. ``uptime_ms`` and ``boot`` let
    ``with_age`` say how long ago it was without the wall's clock.
    """
    last = now.before(now.uptime - track.last)
    name = "|".join((origin.device, now.boot, origin.source, str(track.number), repr(track.first)))
    width, height = frame_size
    left, top, right, bottom = track.box
    return {
        "sighting_id": hashlib.sha256(name.encode()).hexdigest()[:32],
        "schema": 1,
        "device": origin.device,
        "site": origin.site,
        "source": origin.source,
        "model": origin.model,
        "species": track.species,
        "confidence": round(track.best, 4),
        "first_seen": _text(last.wall - (track.last - track.first)),
        "last_seen": _text(last.wall),
        "seconds": round(track.last - track.first, 3),
        "frames": track.frames,
        "box": [round(v, 4) for v in (left / width, top / height, right / width, bottom / height)],
        "uptime_ms": round(last.uptime * 1000),
        "boot": now.boot,
    }


def body(sighting: Mapping[str, Any]) -> bytes:
    """Write a sighting as it is kept on disk."""
    return json.dumps(sighting, separators=(",", ":")).encode()


def with_age(sighting: Mapping[str, Any], now: Moment) -> dict[str, Any]:
    """Say how long ago a sighting was, as it is sent.

    IoT Core knows when a message came; less its age, that is when the bird was there, however wrong
    the device's clock is or was set right in between. After another boot only the wall's clock can
    tell; where it ran backwards, the age is null and ``last_seen`` has to do.
    """
    if sighting["boot"] == now.boot:
        age: float | None = now.uptime - sighting["uptime_ms"] / 1000
    else:
        age = now.wall - datetime.fromisoformat(sighting["last_seen"]).timestamp()
    told = None if age is None or age < 0 else round(age * 1000)
    by = "uptime" if sighting["boot"] == now.boot else "wall"
    return {**sighting, "age_ms": told, "age_by": by if told is not None else None}


def message(sightings: Sequence[Mapping[str, Any]], now: Moment) -> bytes:
    """Put sightings into one message: a list, each of which becomes a record of its own."""
    return json.dumps([with_age(one, now) for one in sightings], separators=(",", ":")).encode()


def _text(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds")
