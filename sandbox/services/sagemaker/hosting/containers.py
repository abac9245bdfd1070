"""A container that runs: its process, started with its model, asked over HTTP, ended for good."""

import contextlib
import contextvars
import http.client
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.host.environment import client_environment, harmless
from sandbox.services.sagemaker.containers import bootstrap
from sandbox.services.sagemaker.hosting import model_data, model_server
from sandbox.services.sagemaker.hosting.definitions import MODEL_DIR, Definition
from sandbox.services.sagemaker.roles import Role

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
LONGEST_SECONDS = 60.0
_SERVER = (sys.executable, "-P", str(Path(model_server.__file__)))
_ALGORITHM_MODE = {
    "SAGEMAKER_PROGRAM": "algorithm_mode.py",
    "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
}
_PAUSE_SECONDS = 0.02
_ALL: "weakref.WeakSet[Container]" = weakref.WeakSet()


class StartError(Exception):
    """A container did not come up: what SageMaker says about it."""


class TimedOutError(Exception):
    """A container took too long to answer."""


class ExitedError(Exception):
    """A container's process ended while it was to answer."""


class LeavingError(Exception):
    """A container takes no requests any more; another one does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a container answered, and how long it took."""

    status: int
    content_type: str
    custom_attributes: str
    body: bytes
    seconds: float


class Container:
    """One process. It is started once, may be asked by many threads, and is stopped once."""

    def __init__(
        self,
        definition: Definition,
        role_arn: str,
        source: str,
        *,
        is_isolated: bool,
        log: Callable[[str], object],
    ) -> None:
        self.definition = definition
        self._role_arn, self._source = role_arn, source
        self._is_isolated, self._log = is_isolated, log
        self._folder = Path(tempfile.mkdtemp(prefix="container-"))
        self._changing = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._address = ("127.0.0.1", 0)
        self._idle: queue.LifoQueue[http.client.HTTPConnection] = queue.LifoQueue()
        self._busy = 0
        self._is_leaving = self._is_stopped = False
        _ALL.add(self)

    def start(self, seconds: float) -> None:
        """Fetch the model, and wait until the server answers; raises StartError."""
        try:
            model_data.fetch(
                self.definition.data_uri, self._role_arn, self._source, self._model_dir
            )
            if (self._model_dir / self.definition.code_dir / "requirements.txt").exists():
                raise StartError(
                    "brings a requirements.txt, and the sandbox installs nothing for a model"
                )
            with self._changing:
                if not self._is_stopped:
                    self._launch()
        except (model_data.DataError, ServiceError) as error:
            self.stop()
            raise StartError(str(error)) from error
        if not self._is_healthy(seconds):
            self.stop()
            raise StartError("did not pass the ping health check")

    @property
    def is_running(self) -> bool:
        """Tell whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def ask(
        self, body: bytes, headers: Mapping[str, str], seconds: float = LONGEST_SECONDS
    ) -> Answer:
        """Send one request. Raises TimedOutError, ExitedError or LeavingError."""
        with self._changing:
            if self._is_leaving:
                raise LeavingError
            self._busy += 1
        started = time.monotonic()
        connection = self._connection(seconds)
        try:
            connection.request("POST", "/invocations", body, dict(headers))
            reply = connection.getresponse()
            content = reply.read()
        except TimeoutError as error:
            connection.close()
            raise TimedOutError from error
        except (http.client.HTTPException, OSError) as error:
            connection.close()
            self._restart()
            raise ExitedError from error
        finally:
            with self._changing:
                self._busy -= 1
        self._idle.put(connection)
        return Answer(
            status=reply.status,
            content_type=reply.headers.get("Content-Type", ""),
            custom_attributes=reply.headers.get("X-Amzn-SageMaker-Custom-Attributes", ""),
            body=content,
            seconds=time.monotonic() - started,
        )

    def drain(self) -> None:
        """Take no more requests, wait for those that are under way, then stop."""
        with self._changing:
            self._is_leaving = True
        until = time.monotonic() + LONGEST_SECONDS
        while self._busy and time.monotonic() < until:
            time.sleep(_PAUSE_SECONDS)
        self.stop()

    def stop(self) -> None:
        """End the process, and forget its files."""
        with self._changing:
            self._is_leaving = self._is_stopped = True
            if self._process is not None:
                self._process.kill()
                self._process.wait()
        self._hang_up()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _model_dir(self) -> Path:
        return self._folder / "model"

    def _launch(self) -> None:
        """Start the process in the thread that reads what it writes: it ends with that thread."""
        launched = threading.Event()
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
            self._address = listening.getsockname()[:2]
            run = contextvars.copy_context().run
            threading.Thread(
                target=run,
                args=(self._run, listening.fileno(), launched),
                name="container (_read)",
                daemon=True,
            ).start()
            launched.wait()

    def _run(self, listening: int, launched: threading.Event) -> None:
        mode = "isolated" if self._is_isolated else "open"
        try:
            process = subprocess.Popen(  # noqa: S603 (our own module; the model is the caller's)
                [sys.executable, bootstrap.__file__, mode, *_SERVER],
                cwd=self._model_dir,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                pass_fds=[listening],
            )
            self._process = process
        finally:
            launched.set()
        order = {
            "socket": listening,
            "model_dir": str(self._model_dir),
            "code_dir": self._code_dir(),
            "most_bytes": self.definition.most_bytes,
        }
        with process, contextlib.suppress(BrokenPipeError, ValueError):
            if process.stdin is not None:
                process.stdin.write(json.dumps(order) + "\n")
                process.stdin.flush()
            for line in process.stdout or ():
                self._log(line.rstrip("\n"))

    def _code_dir(self) -> str:
        return str(self._model_dir / self.definition.code_dir) if self.definition.program else ""

    def _environment(self) -> dict[str, str]:
        model = {
            name: value.replace(MODEL_DIR, str(self._model_dir))
            for name, value in self.definition.environment.items()
        }
        place: dict[str, str] = {}
        if not self._is_isolated:
            place = client_environment(int(os.environ["GATEWAY_PORT"]))
            place |= Role(self._role_arn, self._source).credentials
        return {
            **harmless(os.environ),
            "PATH": os.environ.get("PATH", os.defpath),
            **place,
            "AWS_REGION": responses.get_region(),
            "HOME": str(self._folder),
            "OMP_NUM_THREADS": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "SAGEMAKER_BASE_DIR": str(self._folder),
            **({} if self.definition.program else _ALGORITHM_MODE),
            **model,
        }

    def _is_healthy(self, seconds: float) -> bool:
        # The kernel takes the connection at once; the answer comes when the model is loaded.
        connection = http.client.HTTPConnection(*self._address, timeout=seconds)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == http.client.OK
        except (http.client.HTTPException, OSError):
            return False
        finally:
            connection.close()

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        with contextlib.suppress(queue.Empty):
            kept = self._idle.get_nowait()
            if kept.sock is not None:
                kept.sock.settimeout(seconds)
            return kept
        made = http.client.HTTPConnection(*self._address, timeout=seconds)
        with contextlib.suppress(OSError):  # it is told when the request is sent
            made.connect()
            made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _restart(self) -> None:
        """Start a process that died anew, as SageMaker does; who asks meanwhile waits for it."""
        with self._changing:
            if self._process is not None and not self._is_stopped:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_PAUSE_SECONDS)  # who hung up may be about to end
            if not self._is_stopped and not self.is_running:
                self._hang_up()
                self._launch()

    def _hang_up(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


def stop_all() -> None:
    """End every process that is left."""
    for container in list(_ALL):
        container.stop()
