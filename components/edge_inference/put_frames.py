"""Frames that the model is not sure of, to the bucket that labelling takes them from."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2

from edge_inference.byte_budget import ByteBudget
from edge_inference.configuration import Unsure
from edge_inference.detections import Detection
from edge_inference.frame_sources import Frame
from edge_inference.health import Health
from edge_inference.retries import wait_seconds
from edge_inference.sighting import Moment
from edge_inference.spool import Spool

BUDGET = "budget"  # the note beside the spool's records
_APART = 10.0  # seconds: one bird must not spend the day's bytes
_MOST_WAITING = 200  # frames on disk, while there is no network


class FrameUploads:
    """Keeps frames until they are uploaded. None is kept unless a setting says so.

    Each is written with its description beside it; what has both is whole. It is uploaded by the
    role of the device's token exchange, under the name of its content: sent twice, it is one.
    """

    def __init__(
        self, folder: Path, spool: Spool, health: Health, device: str, client: Any = None
    ) -> None:
        self._folder, self._spool, self._health = folder, spool, health
        self._device, self._client = device, client
        self._last = float("-inf")
        self._failures, self._not_before = 0, float("-inf")

    def offer(
        self, frame: Frame, unsure: Sequence[Detection], settings: Unsure, now: Moment
    ) -> bool:
        """Keep a frame if frames may leave, and today's bytes allow it; tell whether it is kept."""
        if not settings.frames_leave or now.uptime - self._last < _APART:
            return False
        encoded = frame.encoded or bytes(cv2.imencode(".jpg", frame.pixels)[1])
        budget = ByteBudget(settings.daily_bytes, self._spool.note(BUDGET))
        if not budget.spend(len(encoded), now.wall):
            self._health.counts["unsure_over_budget"] += 1
            return False
        self._folder.mkdir(parents=True, exist_ok=True)
        if len(list(self._folder.glob("*.json"))) >= _MOST_WAITING:
            self._health.counts["unsure_not_kept"] += 1
            return False
        self._spool.append([], note=(BUDGET, budget.state()))
        self._last = now.uptime
        name = hashlib.sha256(encoded).hexdigest()[:32]
        told = {
            "device": self._device,
            "seen": datetime.fromtimestamp(now.wall, UTC).isoformat(timespec="milliseconds"),
            "detections": [
                {"species": one.species, "confidence": round(one.confidence, 4), "box": one.box}
                for one in unsure
            ],
        }
        (self._folder / f"{name}.jpg").write_bytes(encoded)
        (self._folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
        return True

    def upload(self, settings: Unsure, now: Moment) -> None:
        """Upload the frame that waits longest, if there is one and it is time to try."""
        if now.uptime < self._not_before or not self._folder.is_dir():
            return
        path = min(self._folder.glob("*.json"), default=None)
        if path is None:
            return
        picture = path.with_suffix(".jpg")
        if not settings.frames_leave:
            # The setting was taken back: what waits does not leave either.
            for one in (picture, path):
                one.unlink(missing_ok=True)
            return
        key = f"unsure/{self._device}/{path.stem}"
        try:
            for one, kind in ((picture, "image/jpeg"), (path, "application/json")):
                self._s3().put_object(
                    Bucket=settings.bucket,
                    Key=f"{key}{one.suffix}",
                    Body=one.read_bytes(),
                    ContentType=kind,
                )
        except Exception as error:  # network, credentials and refusals alike: it waits
            line = f"{path.stem}.jpg was not uploaded to {settings.bucket}: {error}"
            if self._health.holds("frames_wait", line):
                print(f"frames_wait: {line}", flush=True)
            self._not_before = now.uptime + wait_seconds(self._failures, 1.0)
            self._failures += 1
            return
        self._failures = 0
        self._health.cleared("frames_wait")
        self._health.counts["unsure_uploaded"] += 1
        for one in (path, picture):
            one.unlink()

    def _s3(self) -> Any:
        """Ask for boto3 only where frames leave: it takes as much memory as the model."""
        if self._client is None:
            import boto3

            self._client = boto3.client("s3")
        return self._client
