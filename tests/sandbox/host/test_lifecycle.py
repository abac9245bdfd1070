"""How the sandbox starts and ends, and where it listens."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.host import client, process
from sandbox.host.environment import RealCredentialsError
from sandbox.host.process import ROOT

LINUX = sys.platform == "linux"


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def listening(pids):
    """Read the addresses on which processes listen, as the kernel spells them."""
    sockets = set()
    for pid in pids:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            try:
                sockets.add(str(handle.readlink()))
            except FileNotFoundError:
                continue
    rows = [
        row.split()
        for table in ("tcp", "tcp6", "udp", "udp6")
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1] for row in rows if row[3] in ("0A", "07") and f"socket:[{row[9]}]" in sockets}


def family(pid):
    """List a process and its children."""
    status = Path("/proc").glob("[0-9]*/stat")
    parents = {}
    for file in status:
        try:
            parents[file.parent.name] = file.read_text().rpartition(")")[2].split()[1]
        except FileNotFoundError:
            continue
    return [str(pid), *(child for child, parent in parents.items() if parent == str(pid))]


@pytest.mark.skipif(not LINUX, reason="reads Linux's /proc")
def test_every_open_port_is_on_the_loopback_interface(sandbox, function, invoke):
    invoke(function("def handler(event, context): return 1"))
    pids = family(sandbox.server.pid)
    java = {pid for pid in pids if Path(f"/proc/{pid}/comm").read_text().strip() == "java"}
    assert listening(set(pids) - java) == {f"0100007F:{sandbox.server.port:04X}"}
    # Spark's Java, where another test has started it, talks to its drivers by sockets.
    loopback = ("0100007F", "0000000000000000FFFF00000100007F")
    assert {address.partition(":")[0] for address in listening(java)} <= {*loopback}


def python(*words, home, **variables):
    """Run Python in the project's folder, with a sandbox folder of its own."""
    return subprocess.Popen(  # noqa: S603 (this Python, words of these tests)
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "SANDBOX_HOME": str(home), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


STARTER = """
import time
from sandbox.host import client
running = client.start()
print(running.server.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_the_process_that_started_it(tmp_path):
    with python("-c", STARTER, home=tmp_path) as parent:
        pid = int(parent.stdout.readline())
        assert process._started(pid)
        parent.kill()
    wait_until(lambda: process._started(pid) is None)


def test_leaving_the_block_stops_it_and_removes_what_it_wrote():
    with client.start() as running:
        server = running.server
        assert server.is_alive
    assert not server.is_alive
    assert not server.state.exists()


def test_it_does_not_start_beside_real_credentials(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "production")
    with pytest.raises(RealCredentialsError, match="AWS_PROFILE set; unset it"):
        client.start()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("version_check.EXPECTED = '9.9.9'", "ministack 1.5.33 is installed, 9.9.9 is needed"),
        (
            "s3._deliver_event_to_sqs = lambda arn: None",
            "ministack.services.s3:_deliver_event_to_sqs takes (arn), expected (arn, event_payload",
        ),
        ("del s3._delete_object", "ministack.services.s3:_delete_object is gone"),
    ],
)
def test_it_does_not_start_on_a_changed_emulator(tmp_path, change, complaint):
    program = f"""
from ministack.services import s3
from sandbox.core import version_check
from sandbox.host import server
{change}
server.main()
"""
    with python("-c", program, home=tmp_path) as server:
        _, said = server.communicate(timeout=20)
    assert server.returncode == 1
    assert complaint in said


@pytest.fixture
def shell(tmp_path):
    """Give the command line, on a folder of its own."""

    def run(*words, **variables):
        with python("-m", "sandbox", *words, home=tmp_path, **variables) as command:
            out, err = command.communicate(timeout=60)
        return subprocess.CompletedProcess(words, command.returncode, out, err)

    yield run
    run("down")


def test_up_outlives_its_command_and_down_ends_it(shell, tmp_path):
    port = str(process.free_port())
    up = shell("up", "--port", port)
    assert up.returncode == 0, up.stderr
    server = process.running(tmp_path)
    assert server is not None
    assert f"http://127.0.0.1:{port}, IAM enforced" in shell("status").stdout
    assert "already up" in shell("up").stderr
    assert f"export AWS_ENDPOINT_URL='http://127.0.0.1:{port}'" in shell("env").stdout
    assert "unset AWS_PROFILE" in shell("env", AWS_PROFILE="production").stdout
    assert "refusing" in shell("deploy", "X", AWS_PROFILE="production").stderr
    assert "unknown key 'often'" in shell("faults", '[{"action": "s3:*", "often": 1}]').stderr
    assert '"hits": 0' in shell("faults", '[{"action": "s3:*", "code": "SlowDown"}]').stdout
    assert json.loads(shell("problems").stdout) == []
    assert shell("down").stdout.startswith("stopped")
    assert not server.is_alive
    assert shell("status").returncode == 1


def test_a_record_of_a_dead_process_is_no_sandbox(shell, sandbox, tmp_path):
    """A later process with the same id is not ended either: it started at another time."""
    record = sandbox.server.state / "server.json"
    stale = record.read_text().replace(f'"{sandbox.server.started}"', '"1"')
    (tmp_path / "server.json").write_text(stale)
    assert process.running(tmp_path) is None
    assert shell("down").stdout == "nothing was up\n"
    assert sandbox.server.is_alive


def test_a_busy_port_is_said_so(shell, sandbox):
    said = shell("up", "--port", str(sandbox.server.port)).stderr
    assert f"port {sandbox.server.port} is in use" in said


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_that_cannot_be_is_refused_without_a_traceback(shell, port):
    done = shell("up", f"--port={port}")
    assert done.returncode == 2
    assert f"it is '{port}'; allowed: a number from 1 to 65535" in done.stderr


def test_up_refuses_real_credentials_by_name(shell):
    said = shell("up", AWS_PROFILE="do-not-print-me")
    assert said.returncode == 1
    assert "AWS_PROFILE set" in said.stderr
    assert "do-not-print-me" not in said.stderr + said.stdout
