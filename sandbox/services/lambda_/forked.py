"""Processes that a fork server makes, behind the part of ``subprocess.Popen`` that is used."""

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_PROGRAM = Path(__file__).with_name("fork_server.py")
_LONGEST_MESSAGE = 256 * 1024
# macOS forks, but its system libraries do not outlive it: https://bugs.python.org/issue33725
IS_POSSIBLE = sys.platform == "linux"


class Forked:
    """A process whose parent is a fork server, with pipes to its standard streams."""

    def __init__(
        self, server: "ForkServer", pid: int, streams: tuple[IO[str], IO[str], IO[str]]
    ) -> None:
        self.pid, self._server, self._ended = pid, server, threading.Event()
        self.stdin, self.stdout, self.stderr = streams
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, minus the signal that ended it, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end. Raises ``subprocess.TimeoutExpired`` like any process."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        self._server.kill(self, signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._server.kill(self, signal.SIGKILL)

    def died(self, status: int) -> None:
        """Take note of its end."""
        self.returncode = status
        self._ended.set()


class ForkServer:
    """One process that has loaded a set of layers, and the processes that it has made."""

    def __init__(self, layers: Sequence[Path]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-P", str(_PROGRAM), str(theirs.fileno()), *map(str, layers)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._asking, self._answers = threading.Lock(), queue.SimpleQueue[dict[str, Any]]()
        self._children: dict[int, Forked] = {}
        self._streams: tuple[IO[str], IO[str], IO[str]]
        self._newest: Forked
        threading.Thread(target=self._listen, name="sandbox-forks", daemon=True).start()
        self.loaded = frozenset[str](self._answer()["ready"])  # what an import finds, outermost

    @property
    def is_alive(self) -> bool:
        """Whether it can make another process."""
        return self._process.poll() is None

    @property
    def is_idle(self) -> bool:
        """Whether none of its processes runs."""
        return not self._children

    def close(self) -> None:
        """End it; what it has forked runs on until its own end, which nobody would see."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._process.wait()

    def fork(self, script: Path, cwd: Path, environment: Mapping[str, str]) -> Forked:
        """Make a process that runs a script as a new interpreter would.

        Raises ``RuntimeError`` when the fork server is gone.
        """
        request = {"script": str(script), "cwd": str(cwd), "environment": dict(environment)}
        (stdin, feed), (result, stdout), (log, stderr) = os.pipe(), os.pipe(), os.pipe()
        with self._asking, contextlib.ExitStack() as unless_born:
            self._streams = (
                unless_born.enter_context(os.fdopen(feed, "w", encoding="utf-8", buffering=1)),
                unless_born.enter_context(os.fdopen(result, encoding="utf-8")),
                unless_born.enter_context(os.fdopen(log, encoding="utf-8", errors="replace")),
            )
            try:
                message = [json.dumps(request).encode()]
                socket.send_fds(self._control, message, [stdin, stdout, stderr])
            except OSError:
                self._answers.put({})  # it is gone
            finally:
                for descriptor in (stdin, stdout, stderr):
                    os.close(descriptor)
            self._answer()
            unless_born.pop_all()
            return self._newest

    def kill(self, child: Forked, number: int) -> None:
        """Send a signal, unless the process has ended: its number may be another's by now."""
        with contextlib.suppress(OSError):
            self._control.send(json.dumps({"kill": child.pid, "signal": number}).encode())

    def _answer(self) -> dict[str, Any]:
        answer = self._answers.get()
        if not answer:
            raise RuntimeError(f"Lambda's fork server ended with status {self._process.wait()}")
        return answer

    def _listen(self) -> None:
        with self._control, contextlib.suppress(ConnectionResetError):
            while message := self._control.recv(_LONGEST_MESSAGE):
                said = json.loads(message)
                if "died" in said:
                    self._children.pop(said["died"]).died(said["status"])
                    continue
                if "born" in said:
                    self._newest = Forked(self, said["born"], self._streams)
                    self._children[said["born"]] = self._newest
                self._answers.put(said)
        self._process.wait()
        while self._children:
            self._children.popitem()[1].died(-signal.SIGKILL)
        self._answers.put({})
