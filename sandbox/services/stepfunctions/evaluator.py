"""The reference implementation of JSONata in a Node process of its own, which ends with ours."""

import atexit
import contextlib
import json
import os
import select
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.host.process import node

_ROOT = Path(__file__).parents[3]
PACKAGE = _ROOT / "node_modules" / "jsonata"
_WORKER = Path(__file__).with_name("jsonata_worker.mjs")
# The worker bounds what it can see. A regular expression that never ends is not among that.
PATIENCE_SECONDS = 10.0
_CHUNK = 1 << 20

Answer = Mapping[str, Any]  # with a ``value``; with an ``error`` and its ``code``; or with neither


class MissingError(Exception):
    """JSONata is not installed; the message says how to install it."""


class Evaluator:
    """Evaluates expressions one request after the other; the process starts with the first."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def evaluate(self, expressions: Sequence[str], known: Mapping[str, Any]) -> list[Answer]:
        """Evaluate all with the same variables, in one round trip.

        Raises `MissingError` when the engine is not installed.
        """
        return self._ask({"expressions": expressions, "known": known}, len(expressions))

    def parse(self, expressions: Sequence[str]) -> list[Answer]:
        """Find out which can be parsed: the others' answers have an ``error``.

        Raises `MissingError` when the engine is not installed.
        """
        return self._ask({"expressions": expressions}, len(expressions))

    def stop(self) -> None:
        """End the process; the next request starts another."""
        with self._lock:
            self._stop()

    def _ask(self, request: Mapping[str, Any], count: int) -> list[Answer]:
        ahead = {"ahead": CLOCK.skipped * 1000}  # milliseconds
        line = json.dumps({**request, **ahead}).encode() + b"\n"
        with self._lock:
            process = self._running()
            try:
                answers: list[Answer] = json.loads(self._exchange(process, line))
            except (OSError, EOFError, TimeoutError) as error:
                self._stop()
                answers = [{"error": f"{error}; the evaluator was started anew"}] * count
        return answers

    def _exchange(self, process: subprocess.Popen[bytes], line: bytes) -> bytes:
        if process.stdin is None or process.stdout is None:
            raise EOFError("the evaluator has no pipes")
        process.stdin.write(line)
        process.stdin.flush()
        answer, source = bytearray(), process.stdout.fileno()
        until = time.monotonic() + self._patience_seconds
        ready = select.poll()
        ready.register(source, select.POLLIN | select.POLLHUP)
        while not answer.endswith(b"\n"):
            if not ready.poll(max(0.0, until - time.monotonic()) * 1000):
                raise TimeoutError(f"no answer within {self._patience_seconds:g} s")
            if not (chunk := os.read(source, _CHUNK)):
                raise EOFError("the evaluator ended")
            answer += chunk
        return bytes(answer)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        if not PACKAGE.is_dir():
            raise MissingError(
                "JSONata is evaluated by the npm package jsonata, which is not installed; "
                "run: npm ci"
            )
        self._process = subprocess.Popen(  # noqa: S603 (our own script, no outside input)
            [node(), _WORKER],
            env={"TZ": "UTC"},  # a moment without a zone is UTC's
            stdin=subprocess.PIPE,  # the operating system closes it when we end
            stdout=subprocess.PIPE,
        )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
            process.wait()


shared = Evaluator()
atexit.register(shared.stop)
