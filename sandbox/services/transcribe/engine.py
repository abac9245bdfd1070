"""A recognizer in a process of its own, which starts at the first file and ends with ours."""

import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.services.transcribe.media import MediaError
from sandbox.services.transcribe.recognition import Segment, Word

ROOT = Path(__file__).parents[3]
_COMMAND = (sys.executable, "-m", "sandbox.services.transcribe.worker")
_MOST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """What a media file holds, and what is said in it."""

    media_format: str
    sample_rate: int
    seconds: float
    channels: int
    segments: tuple[Segment, ...]


class Engine:
    """Recognizes one file at a time; the latest files' answers are remembered.

    Recognition holds a processor for an eighth of the time that the recording takes: in a thread
    of the sandbox it would hold up every other request.
    """

    def __init__(self, command: tuple[str, ...] = _COMMAND) -> None:
        self._command = command
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[str, ...], dict[str, Any]] = OrderedDict()

    def hear(
        self,
        content: bytes,
        *,
        media_format: str | None = None,
        sample_rate: int | None = None,
        by_channel: bool = False,
    ) -> Heard:
        """Recognize a media file; raises `MediaError` with what is wrong with the file."""
        request = {
            "media_format": media_format,
            "sample_rate": sample_rate,
            "by_channel": by_channel,
        }
        key = (hashlib.sha256(content).hexdigest(), *map(str, request.values()))
        with self._lock:
            answer = self._answers.get(key) or self._ask(content, request)
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > _MOST_REMEMBERED:
                self._answers.popitem(last=False)
        return _heard(answer)

    def forget(self) -> None:
        """Drop the remembered answers."""
        with self._lock:
            self._answers.clear()

    def stop(self) -> None:
        """End the process; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
            process.wait()

    def _ask(self, content: bytes, request: dict[str, Any]) -> dict[str, Any]:
        process = self._running()
        with tempfile.NamedTemporaryFile(prefix="media-") as file:
            file.write(content)
            file.flush()
            answer = _exchange(process, {"file": file.name, **request})
        if answer is None:
            self.stop()
            raise MediaError("Internal Failure. Please try your request again.")
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(  # noqa: S603 (our own module, no outside input)
                self._command,
                cwd=ROOT,
                stdin=subprocess.PIPE,  # the operating system closes it when we end
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process


def _exchange(process: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any] | None:
    """Send a request and wait for its answer; None when the process died of it."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except (OSError, ValueError):  # a closed pipe, at either end
        return None
    answer: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
    return answer


def _heard(answer: dict[str, Any]) -> Heard:
    if "failed" in answer:
        raise MediaError(answer["failed"])
    segments = tuple(
        Segment(channel, tuple(Word(*word) for word in words))
        for channel, words in answer["segments"]
    )
    return Heard(
        answer["media_format"],
        answer["sample_rate"],
        answer["seconds"],
        answer["channels"],
        segments,
    )
