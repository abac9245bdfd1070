"""The thread that delivers: sightings from the disk, health, frames that may leave."""

import json
import random
import threading
from collections.abc import Mapping
from typing import Any

from edge_inference.ask_nucleus import Nucleus, NucleusError
from edge_inference.configuration import Configuration
from edge_inference.delivery import Delivery
from edge_inference.health import Health
from edge_inference.put_frames import FrameUploads
from edge_inference.read_moment import moment
from edge_inference.sighting import Moment
from edge_inference.spool import Spool

RECEIPT_SECONDS = 30.0
_LOOK_EVERY = 0.2


class Publisher:
    """Delivers by one configuration after the other; what it cannot deliver waits on disk."""

    def __init__(
        self, nucleus: Nucleus, spool: Spool, health: Health, device: str, uploads: FrameUploads
    ) -> None:
        self._nucleus, self._spool, self._health = nucleus, spool, health
        self._device, self._uploads = device, uploads
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._listens_to = ""
        self._reported = 0.0
        self._waits_since: float | None = None
        self._settings: Configuration
        self._delivery: Delivery

    def start(self, settings: Configuration) -> None:
        """Begin."""
        self.reload(settings)
        self._reported = moment().uptime
        self._thread.start()

    def reload(self, settings: Configuration) -> None:
        """Go on by another configuration; what was under way is sent again."""
        with self._lock:
            self._settings = settings
            self._delivery = Delivery(
                self._spool,
                message_bytes=settings.message_bytes,
                receipt_seconds=RECEIPT_SECONDS,
                random=random.random,
            )

    def stop(self) -> None:
        """End; what waits stays on disk."""
        self._ended.set()
        self._thread.join(5)

    def tell_here(self, sighting: Mapping[str, Any]) -> None:
        """Tell other components of this device; nobody may be there to hear it."""
        try:
            self._nucleus.publish_here(f"{self._settings.topic_prefix}/local/sightings", sighting)
        except NucleusError as error:
            self._health.counts["local_failures"] += 1
            self._tell("local_topic", str(error))

    def _run(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            now = moment()
            self._listen()
            self._deliver(now)
            self._uploads.upload(self._settings.unsure, now)
            if now.uptime - self._reported >= self._settings.health_seconds:
                self._reported = now.uptime
                self._report()

    def _listen(self) -> None:
        """Subscribe to what comes back from the broker, once; offline this may have to wait."""
        topic = self._topic("sightings")
        if self._settings.receipts != "broker" or self._listens_to == topic:
            return
        try:
            self._nucleus.on_cloud(topic, self._received)
        except NucleusError as error:
            self._tell("no_receipts", str(error))
            return
        self._listens_to = topic

    def _received(self, payload: bytes) -> None:
        with self._lock:
            self._delivery.received(payload, moment())

    def _deliver(self, now: Moment) -> None:
        with self._lock:
            message = self._delivery.due(now)
            self._judge(now)
        if not message:
            return
        try:
            self._nucleus.publish_to_cloud(self._topic("sightings"), message.payload)
        except NucleusError as error:
            self._tell("no_receipts", str(error))
            with self._lock:
                self._delivery.failed(now)
            return
        if self._settings.receipts == "nucleus":
            with self._lock:
                self._delivery.accepted(now)

    def _judge(self, now: Moment) -> None:
        """Tell when nothing arrives any more: a device cannot know why, but for how long."""
        arrived = self._delivery.last_receipt
        if not self._spool.depth or (arrived or 0) > (self._waits_since or 0):
            self._waits_since = None if not self._spool.depth else now.uptime
            if self._health.cleared("no_receipts"):
                print("no_receipts: no longer", flush=True)
            return
        if self._waits_since is None:
            self._waits_since = now.uptime
        if (silent := now.uptime - self._waits_since) > 2 * RECEIPT_SECONDS:
            self._tell(
                "no_receipts",
                f"IoT Core took none of {self._spool.depth} sightings for {silent:.0f} s; they wait"
                " on disk. Is there a network, and is the certificate of the device active?",
            )

    def _report(self) -> None:
        delivery = self._delivery
        document = self._health.report(
            device=self._device,
            site=self._settings.site,
            spool_depth=self._spool.depth,
            spool_bytes=self._spool.held_bytes,
            spool_evicted=self._spool.evicted,
            delivered=delivery.delivered,
            bytes_sent=delivery.bytes_sent,
        )
        try:
            payload = json.dumps(document, separators=(",", ":")).encode()
            self._nucleus.publish_to_cloud(self._topic("health"), payload)
        except NucleusError:
            self._health.counts["reports_failed"] += 1

    def _topic(self, name: str) -> str:
        return f"{self._settings.topic_prefix}/devices/{self._device}/{name}"

    def _tell(self, condition: str, line: str) -> None:
        if self._health.holds(condition, line):
            print(f"{condition}: {line}", flush=True)
