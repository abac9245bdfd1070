"""Frames from a folder, a file or a camera, at a set rate; what is silent is tried again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from edge_inference.configuration import Source
from edge_inference.letterbox import Pixels
from edge_inference.retries import wait_seconds

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp"}
REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
_LONGEST_WAIT = 60.0
_LOOK_EVERY = 0.2  # seconds, for new files in a folder


class SourceError(Exception):
    """A source gives no frames; ``condition`` is its word, its text is meant for a person."""

    def __init__(self, condition: str, text: str) -> None:
        super().__init__(text)
        self.condition = condition


class SourceEnded(Exception):  # noqa: N818 - a file that was read to its end is no error
    """A source has no more frames, and never will."""


class Clock(Protocol):
    """A clock that only runs forward, and a way to wait by it."""

    def seconds(self) -> float:
        """Give seconds since some moment."""

    def wait(self, seconds: float) -> bool:
        """Wait; tell whether to go on, which is no longer so when the program is to end."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture with its name, and its file's bytes where it came as a file."""

    pixels: Pixels
    name: str
    encoded: bytes | None = None


class FolderReader:
    """Reads pictures that lie in a folder, oldest name first, and forgets none that comes later.

    A file that is no picture is told by ``SourceError`` of its name and passed over next time; one
    that is still being written is tried again as long as it grows.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._folder, self._flag = Path(source.address), REDUCED[source.reduce]
        self._silent, self._clock = source.silent_seconds, clock
        self._last = ""
        self._sizes: dict[str, int] = {}

    def read(self) -> Frame:
        """Give the next picture; wait for one, at most ``silent_seconds``."""
        begun = self._clock.seconds()
        while True:
            if path := self._next():
                return self._decoded(path)
            if self._clock.seconds() - begun >= self._silent:
                raise SourceError(
                    "source_silent",
                    f"{self._folder} had no new picture for {self._silent:g} s; is the camera on?",
                )
            if not self._clock.wait(_LOOK_EVERY):
                raise SourceEnded

    def close(self) -> None:
        """Nothing is open between two pictures."""

    def _next(self) -> Path | None:
        try:
            found = sorted(p for p in self._folder.iterdir() if p.suffix.lower() in _SUFFIXES)
        except OSError as error:
            raise SourceError("source_broken", f"{self._folder} cannot be read: {error}") from error
        return next((path for path in found if path.name > self._last), None)

    def _decoded(self, path: Path) -> Frame:
        encoded = path.read_bytes()
        pixels = decoded(encoded, self._flag) if _is_whole(encoded) else None
        is_growing = self._sizes.get(path.name) != len(encoded)
        self._sizes[path.name] = len(encoded)
        if pixels is None and is_growing and self._clock.wait(_LOOK_EVERY):
            return self._decoded(path)
        del self._sizes[path.name]
        self._last = path.name
        if pixels is None:
            raise SourceError(
                "frame_broken", f"{path.name} is no picture ({len(encoded)} bytes); it is left out"
            )
        return Frame(pixels, path.name, encoded)


class VideoReader:
    """Reads a video file, a V4L2 camera or an RTSP stream through OpenCV.

    The time-outs are the constructor's own parameters: set afterwards they come too late, for the
    constructor itself waits 30 s for a host that is silent.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source, self._clock, self._number = source, clock, 0
        address = source.address
        milliseconds = int(source.silent_seconds * 1000)
        if source.kind == "camera":
            device = int(address) if address.isdigit() else address
            self._capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        else:
            bounds = [
                *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, milliseconds),
                *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, milliseconds),
            ]
            self._capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, bounds)
        if not self._capture.isOpened():
            raise SourceError(
                "source_silent" if source.kind == "rtsp" else "source_broken",
                f"{_without_password(address)} does not open as {source.kind} within"
                f" {source.silent_seconds:g} s; is it there, and is its address right?",
            )

    def read(self) -> Frame:
        """Give the next picture. Raises SourceEnded at the end of a file."""
        begun = self._clock.seconds()
        is_there, pixels = self._capture.read()
        if not is_there:
            if self._source.kind == "video":
                raise SourceEnded
            silent = self._clock.seconds() - begun
            raise SourceError(
                "source_silent",
                f"{_without_password(self._source.address)} gave no frame ({silent:.1f} s waited)",
            )
        self._number += 1
        return Frame(np.asarray(pixels, np.uint8), f"{self._number:09d}")

    def close(self) -> None:
        """Let the camera go."""
        self._capture.release()


def opened(source: Source, clock: Clock) -> FolderReader | VideoReader:
    """Open a source. Raises SourceError where it gives no frames."""
    return FolderReader(source, clock) if source.kind == "folder" else VideoReader(source, clock)


def frames(
    source: Source,
    clock: Clock,
    *,
    random: Callable[[], float],
    told: Callable[[SourceError | None], None],
    open_source: Callable[[Source, Clock], Any] = opened,
) -> Iterator[Frame]:
    """Yield frames at the set rate until the source ends or the clock says so.

    A source that breaks is told, let go, and opened again, waiting longer each time up to a minute,
    with full jitter; ``told(None)`` says that it gives frames again. It never raises SourceError:
    a camera without power must not put a device into a loop of crashes. ``random`` gives numbers
    in [0, 1).
    """
    failures = 0
    reader: Any = None
    due = clock.seconds()
    try:
        while True:
            try:
                reader = reader or open_source(source, clock)
                frame = reader.read()
            except SourceEnded:
                return
            except SourceError as error:
                told(error)
                if error.condition == "frame_broken":
                    continue
                if reader:
                    reader.close()
                    reader = None if source.kind != "folder" else reader  # it knows what was seen
                wait = wait_seconds(failures, random(), longest=_LONGEST_WAIT)
                failures += 1
                if not clock.wait(wait):
                    return
                continue
            if failures:
                failures = 0
                told(None)
            wait = due - clock.seconds()
            if wait > 0 and not clock.wait(wait):
                return
            # From when it was due, so that the rate holds; what is late is not made up for.
            due = (
                max(due, clock.seconds() - 1 / source.frames_per_second)
                + 1 / source.frames_per_second
            )
            yield frame
    finally:
        if reader:
            reader.close()


def decoded(encoded: bytes, flag: int) -> Pixels | None:
    """Decode a picture by one of OpenCV's flags; of what is none, None."""
    if not encoded:
        return None
    pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), flag)
    return None if pixels is None else np.asarray(pixels, np.uint8)


def _is_whole(encoded: bytes) -> bool:
    """Tell whether a JPEG has its end; OpenCV decodes half of one and paints the rest grey."""
    return not encoded.startswith(b"\xff\xd8") or b"\xff\xd9" in encoded[-64:]


def _without_password(address: str) -> str:
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else address
