"""Watch a feeder: what the inference component runs, with its artifacts' and its work folder."""

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edge_inference.ask_nucleus import Nucleus, NucleusError
from edge_inference.configuration import Configuration, ConfigurationError, configuration
from edge_inference.detector import Detector
from edge_inference.frame_sources import SourceError, frames
from edge_inference.health import Health
from edge_inference.model_file import ModelError, folder_of, verified
from edge_inference.publish_sightings import Publisher
from edge_inference.put_frames import FrameUploads
from edge_inference.read_moment import moment
from edge_inference.sighting import Moment, body
from edge_inference.spool import Spool, SpoolFullError
from edge_inference.start_session import start_session
from edge_inference.watcher import TRACKS, Watcher

# How it ends; a deployment during which it does so fails, and is rolled back.
CONFIGURATION_WRONG, MODEL_UNUSABLE, NO_NUCLEUS = 2, 3, 4
_MOST_IN_MEMORY = 10_000  # sightings, while the disk takes none


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run until told to end; the status says why it could not begin."""
    artifacts, work = map(Path, arguments)
    try:
        nucleus = Nucleus()
        settings = configuration(nucleus.configuration())
        device = environment["AWS_IOT_THING_NAME"]
        watch = Watch(nucleus, settings, device=device, artifacts=artifacts, work=work)
    except ConfigurationError as error:
        return _ended(CONFIGURATION_WRONG, "configuration_wrong", error)
    except ModelError as error:
        return _ended(MODEL_UNUSABLE, "model_corrupt", error)
    except NucleusError as error:
        return _ended(NO_NUCLEUS, "no_nucleus", error)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: watch.stop())
    watch.run()
    return 0


class Watch:
    """Frames to sightings to the cloud, by one configuration after the other.

    Raises ModelError where there is no model to begin with; later, a model that is none is told and
    the one that works stays, and so it is with configurations.
    """

    def __init__(
        self,
        nucleus: Nucleus,
        settings: Configuration,
        *,
        device: str,
        artifacts: Path,
        work: Path,
    ) -> None:
        self._nucleus, self._settings, self._device = nucleus, settings, device
        self._models = artifacts.parents[1]
        self._health = Health()
        self._interrupted, self._stopped = threading.Event(), False
        self._detector = self._loaded(settings)
        self._spool = Spool(work / "sightings.db", largest_bytes=settings.spool_bytes)
        if self._spool.was_corrupt:
            self._tell(
                "spool_corrupt", "the spool was unreadable; it was put aside, and begun anew"
            )
        self._waiting: list[tuple[str, bytes]] = []
        self._committed, self._noted = 0.0, True
        self._uploads = FrameUploads(work / "frames", self._spool, self._health, device)
        self._publisher = Publisher(nucleus, self._spool, self._health, device, self._uploads)

    def stop(self) -> None:
        """End as soon as the frame at hand is done with."""
        self._stopped = True
        self._interrupted.set()

    def run(self) -> None:
        """Watch until stopped."""
        self._nucleus.on_configuration(None, self._interrupted.set)
        self._nucleus.on_configuration(self._settings.model_component, self._interrupted.set)
        self._nucleus.on_proposal(_wrong)
        self._publisher.start(self._settings)
        while not self._stopped:
            self._interrupted.clear()
            self._watch(self._settings)
            if not self._stopped:
                self._reload()
        self._publisher.stop()
        self._spool.close()
        self._nucleus.close()

    def _watch(self, settings: Configuration) -> None:
        watcher = Watcher(settings, self._detector, self._device, self._health)
        self._keep(watcher.resume(self._spool.note(TRACKS), moment()), watcher, settings)

        def told(error: SourceError | None) -> None:
            self._on_source(error)
            self._keep(watcher.passed(moment()), watcher, settings)

        for frame in frames(settings.source, self, random=random.random, told=told):
            begun = time.perf_counter()
            now = moment()
            seen = watcher.look(frame, now)
            self._health.took("frame", time.perf_counter() - begun)
            if seen.unsure:
                self._uploads.offer(frame, seen.unsure, settings.unsure, now)
            self._keep(seen.sightings, watcher, settings)
        if self._interrupted.is_set():
            self._commit(watcher, moment())
            return
        # A file was read to its end: nobody looks on, until another source is set.
        self._keep(watcher.finished(moment()), watcher, settings)
        self._commit(watcher, moment())
        self._interrupted.wait()

    def _keep(
        self, sightings: list[dict[str, Any]], watcher: Watcher, settings: Configuration
    ) -> None:
        """Tell the device at once, and the disk together with what else is due."""
        for one in sightings:
            self._waiting.append((one["sighting_id"], body(one)))
            self._publisher.tell_here(one)
        now = moment()
        if now.uptime - self._committed >= settings.commit_seconds:
            self._commit(watcher, now)

    def _commit(self, watcher: Watcher, now: Moment) -> None:
        # An empty feeder wears no card: nothing is written but the moment at which it became so.
        if not self._waiting and not watcher.in_view and not self._noted:
            return
        self._committed = now.uptime
        try:
            self._spool.append(self._waiting, watcher.note(now))
        except SpoolFullError as error:
            self._tell("disk_full", str(error))
            lost = len(self._waiting) - _MOST_IN_MEMORY
            if lost > 0:
                self._health.counts["sightings_lost"] += lost
                del self._waiting[:lost]
            return
        self._noted = watcher.in_view > 0
        self._waiting.clear()
        self._clear("disk_full")

    def _reload(self) -> None:
        try:
            settings = configuration(self._nucleus.configuration())
            detector = self._loaded(settings)
        except ConfigurationError as error:
            self._tell("configuration_wrong", f"{error}; the old one stays")
            return
        except ModelError as error:
            self._tell("model_corrupt", f"{error}; the old one stays")
            return
        except NucleusError as error:
            self._tell("no_nucleus", str(error))
            return
        for condition in ("configuration_wrong", "model_corrupt", "no_nucleus"):
            self._clear(condition)
        self._settings, self._detector = settings, detector
        self._publisher.reload(settings)

    def _loaded(self, settings: Configuration) -> Detector:
        told = self._nucleus.configuration(settings.model_component)
        wanted = str(told.get("description_sha256", "")) if isinstance(told, Mapping) else ""
        folder = folder_of(sorted((self._models / settings.model_component).glob("*")), wanted)
        model, content = verified(folder, wanted)
        session = start_session(model, content, settings.threads)
        least = min([*settings.thresholds.values(), settings.unsure.least_confidence])
        return Detector(model, session, least=least)

    def _on_source(self, error: SourceError | None) -> None:
        if error is None:
            self._clear("source_silent")
            self._clear("source_broken")
        elif error.condition == "frame_broken":
            self._health.counts["frames_broken"] += 1
            print(f"frame_broken: {error}", flush=True)
        else:
            self._health.counts["source_failures"] += 1
            self._tell(error.condition, str(error))

    def _tell(self, condition: str, line: str) -> None:
        if self._health.holds(condition, line):
            print(f"{condition}: {line}", flush=True)

    def _clear(self, condition: str) -> None:
        if self._health.cleared(condition):
            print(f"{condition}: no longer", flush=True)

    # The clock of the sources.

    def seconds(self) -> float:
        """Give the seconds since the boot."""
        return moment().uptime

    def wait(self, seconds: float) -> bool:
        """Wait, unless something else is to be done."""
        return not self._interrupted.wait(seconds)


def _wrong(proposed: Any) -> str:
    try:
        configuration(proposed)
    except ConfigurationError as error:
        return str(error)
    return ""


def _ended(status: int, condition: str, error: Exception) -> int:
    print(f"{condition}: {error}", file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    ended = main(sys.argv[1:], os.environ)
    sys.stdout.flush()
    # Threads of the client's would keep the process from ending.
    os._exit(ended)
