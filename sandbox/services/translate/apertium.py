"""Apertium as processes of their own: one resident pipeline per language pair, where installed."""

import os
import re
import select
import shlex
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_MODES = "share/apertium/modes"  # beside the bin/ that holds the program
_CODES = {"en": "eng", "es": "spa", "ca": "cat", "pt": "por", "fr": "fra", "it": "ita"}
_SPECIAL = re.compile(r"[\[\]{}^$/\\@<>]")
_ESCAPED = re.compile(r"\\(.)|[\[\]]", re.DOTALL)
_LINE = re.compile(r"([^\n]*?)([ \t\r]*(?:\n\s*|\Z))")
# Without a blank behind it the last word of a text stays in the pipeline, unread.
_BLANK = "[]"
_PATIENCE_SECONDS = 20.0

Piece = tuple[str, bool]  # a stretch of text, and whether it stays as it is


class ApertiumError(Exception):
    """The pipeline ended, or did not answer in time."""


@cache
def pairs() -> dict[tuple[str, str], Path]:
    """Find the language pairs that are installed, by Amazon Translate's codes."""
    program = shutil.which("apertium")
    if program is None:
        return {}
    folder = Path(program).resolve().parents[1] / _MODES
    modes = {
        (source, target): folder / f"{_CODES[source]}-{_CODES[target]}.mode"
        for source in _CODES
        for target in _CODES
    }
    return {pair: mode for pair, mode in modes.items() if mode.is_file()}


class Pipeline:
    """The programs of one language pair, joined by pipes; one text at a time goes through.

    Engine and data are GPL-2.0-or-later, and neither shipped nor linked: what the machine has
    installed is started, and spoken to over a pipe.
    """

    def __init__(self, mode: Path) -> None:
        self._mode = mode
        self._lock = threading.Lock()
        self._stages: list[subprocess.Popen[bytes]] = []

    def translate(self, pieces: Sequence[Piece]) -> str:
        """Translate line by line, so that lines stay lines."""
        with self._lock:
            try:
                return "".join(self._lines(pieces))
            except OSError as error:
                raise ApertiumError(f"{self._mode.name}: {error}") from error

    def close(self) -> None:
        """End the programs: without input, each ends itself and so its successor's input."""
        with self._lock:
            self._close()

    def _lines(self, pieces: Sequence[Piece]) -> list[str]:
        marked = "".join(_frozen(text) if keep else _escaped(text) for text, keep in pieces)
        done = []
        for line, blank in _LINE.findall(marked):
            lead = line[: len(line) - len(line.lstrip())]
            done.append(lead + (self._send(line.strip()) if line.strip() else "") + blank)
        return done

    def _send(self, line: str) -> str:
        if not self._stages:
            self._start()
        source, sink = self._stages[0].stdin, self._stages[-1].stdout
        if source is None or sink is None:
            raise ApertiumError(f"{self._mode.name} has no pipes")
        # A line without a full stop gets one, to be read as a sentence, and loses it again.
        stop = "" if line[-1] in ".!?:;…" else "."
        try:
            source.write(f"{line}{stop}{_BLANK}\0".encode())
            reply = self._read(sink.fileno())
        except (ApertiumError, OSError):
            self._close()  # the next text gets a new pipeline
            raise
        reply = _ESCAPED.sub(lambda found: found[1] or "", reply).strip()
        return reply.removesuffix(stop).rstrip() if stop else reply

    def _read(self, sink: int) -> str:
        received, until = bytearray(), time.monotonic() + _PATIENCE_SECONDS
        while not received.endswith(b"\0"):
            if not select.select([sink], [], [], max(0.0, until - time.monotonic()))[0]:
                raise ApertiumError(f"{self._mode.name} did not answer in {_PATIENCE_SECONDS:g} s")
            chunk = os.read(sink, 65536)
            if not chunk:
                raise ApertiumError(f"{self._mode.name} has ended")
            received += chunk
        return received[:-1].decode(errors="replace")

    def _start(self) -> None:
        for command in stages(self._mode.read_text(encoding="utf-8")):
            before = self._stages[-1].stdout if self._stages else subprocess.PIPE
            self._stages.append(
                subprocess.Popen(  # noqa: S603 (a mode file of the installed package)
                    command,
                    stdin=before,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    bufsize=0,  # so that closing a broken pipe has nothing left to write
                )
            )
            if len(self._stages) > 1 and before is not None and not isinstance(before, int):
                before.close()

    def _close(self) -> None:
        for stage in self._stages:
            stage.kill()
            for pipe in (stage.stdin, stage.stdout):
                if pipe is not None:
                    pipe.close()
            stage.wait()
        self._stages = []


def stages(mode: str) -> list[list[str]]:
    """Read the programs of a mode, told to answer each text at once and to mark no word."""
    commands = []
    for part in mode.replace("$1", "-n").replace("$2", "").split("|"):
        program, *arguments = shlex.split(part)
        commands.append([program, "-z", *arguments])
    return commands


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + found[0], text.replace("\0", " "))


def _frozen(text: str) -> str:
    """Wrap what is to pass as it is in a blank of the stream format."""
    return f"[{_escaped(text)}]"
