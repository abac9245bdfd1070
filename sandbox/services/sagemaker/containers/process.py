"""A container as a process of this machine: a folder for ``/opt/ml``, a command, an end."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox.host.environment import client_environment, harmless
from sandbox.services.sagemaker.operations import invalid

ROOT = "/opt/ml"
_PLACE = re.compile(r"(?<![\w/.-])/opt/ml(?=/|$)")
_PYTHON = re.compile(r"((/usr)?(/local)?/bin/|/miniconda3/bin/)?python3?(\.\d+)?")
_BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
# What it starts is ended with it; the bootstrap sees to it that it ends with the sandbox.
_OWN_GROUP = sys.platform.startswith("linux")
_GRACE_SECONDS = 5  # between asking and killing; AWS waits two minutes


class Container:
    """A folder that stands for ``/opt/ml``, and what runs there."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.last_error = ""  # the last line that the command wrote, where it failed
        self._process: subprocess.Popen[str] | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def path(self, path: str) -> Path:
        """Find the file or folder here that a path of the container means."""
        if path != ROOT and not path.startswith(f"{ROOT}/"):
            raise invalid(f"{path} is not below {ROOT}, and the sandbox has that folder only")
        found = (self.base / path.removeprefix(ROOT).lstrip("/")).resolve()
        if not found.is_relative_to(self.base.resolve()):
            raise invalid(f"{path} leaves {ROOT}")
        return found

    def here(self, text: str) -> str:
        """Write this machine's folder where a text names the container's."""
        return _PLACE.sub(lambda _: str(self.base), text)

    def run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        cwd: Path,
        isolated: bool,
        tell: Callable[[str], None],
    ) -> int:
        """Run a command to its end and give its exit code; each line that it writes is told.

        A process that was killed has the negative number of the signal.
        """
        told = deque[str](maxlen=1)
        mode = "isolated" if isolated else "open"
        with self._lock:
            if self._is_over:
                return -signal.SIGKILL
            self._process = subprocess.Popen(  # noqa: S603 (the command is the caller's)
                [sys.executable, str(_BOOTSTRAP), mode, *self._resolved(command)],
                cwd=cwd,
                env=self._environment(environment, isolated=isolated),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=_OWN_GROUP,
            )
        with self._process as process:
            for line in process.stdout or ():
                if line.strip():
                    told.append(line.strip())
                tell(line.rstrip("\n"))
        self.kill()  # what it left behind
        self.last_error = told[0] if told and process.returncode else ""
        return process.returncode

    def stop(self) -> None:
        """Ask what runs to end, and end it after a while; nothing runs here any more."""
        with self._lock:
            self._is_over = True
        self._signal(signal.SIGTERM)
        later = threading.Timer(_GRACE_SECONDS, self.kill)
        later.name, later.daemon = "sagemaker-stop (_read)", True
        later.start()

    def kill(self) -> None:
        """End what runs, without a word to it."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            end = os.killpg if _OWN_GROUP else os.kill
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(self._process.pid, number)

    def _resolved(self, command: Sequence[str]) -> list[str]:
        program, *rest = map(self.here, command)
        if not _PYTHON.fullmatch(program):
            raise invalid(f"the sandbox runs Python as an entry point, and no {program}")
        return [sys.executable, *rest]

    def _environment(self, given: Mapping[str, str], *, isolated: bool) -> dict[str, str]:
        known = {
            **harmless(os.environ),
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.base),
            "TMPDIR": str(self.base.parent),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SAGEMAKER_BASE_DIR": str(self.base),
            **({} if isolated else client_environment(int(os.environ["GATEWAY_PORT"]))),
        }
        return known | {name: self.here(value) for name, value in given.items()}
