"""Containers as processes: paths stay inside, isolation holds, nothing outlives its container."""

import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.emulator import ServiceError
from sandbox.services.sagemaker.containers import process
from sandbox.services.sagemaker.containers.objects import TransferError, unpack
from sandbox.services.sagemaker.containers.process import Container

GUARD = Path(process.__file__).parent / "guard"


@pytest.fixture
def container(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWAY_PORT", "1")
    base = tmp_path / "ml"
    base.mkdir()
    return Container(base)


@pytest.fixture
def run(container):
    """Run a program of Python to its end; gives its exit code and what it said."""

    def start(text, *, isolated=False):
        script, lines = container.base / "script.py", list[str]()
        script.write_text(text)
        code = container.run(
            ["python3", "/opt/ml/script.py"],
            {},
            cwd=container.base,
            isolated=isolated,
            tell=lines.append,
        )
        return code, lines

    return start


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("/opt/ml", "{}"),
        ("/opt/ml/model", "{}/model"),
        ("--in=/opt/ml/input", "--in={}/input"),
        ("/opt/ml/a:/opt/ml/b", "{0}/a:{0}/b"),
        ("/opt/mlx", "/opt/mlx"),
        ("s3://bucket/opt/ml/x", "s3://bucket/opt/ml/x"),
        ("/usr/opt/ml", "/usr/opt/ml"),
    ],
)
def test_the_containers_folder_is_replaced_where_it_is_named(container, text, there):
    assert container.here(text) == there.format(container.base)


@pytest.mark.parametrize("path", ["/etc", "/opt/ml/../etc", "/opt/mlx", "opt/ml", ""])
def test_a_path_outside_of_the_container_is_refused(container, path):
    with pytest.raises(ServiceError, match="/opt/ml"):
        container.path(path)


@given(st.lists(st.sampled_from(["a", "..", ".", "b c", ""]), max_size=6))
def test_no_path_leaves_the_container(tmp_path_factory, parts):
    container = Container(tmp_path_factory.mktemp("base"))
    try:
        found = container.path("/opt/ml/" + "/".join(parts))
    except ServiceError:
        return
    assert found.is_relative_to(container.base.resolve())


def test_a_program_sees_no_variable_of_the_sandbox(run, monkeypatch):
    monkeypatch.setenv("SANDBOX_SECRET", "x")
    code, lines = run("import os; print(sorted(os.environ))")
    assert code == 0
    assert "SANDBOX_SECRET" not in lines[0]


def test_what_a_program_left_running_is_ended_with_it(run, container):
    code, lines = run(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],\n"
        "    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(child.pid)\n"
    )
    assert code == 0
    until = time.monotonic() + 5
    while _runs(int(lines[0])):
        assert time.monotonic() < until
        time.sleep(0.05)


def _runs(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def test_a_stopped_container_runs_nothing_more(run, container):
    container.stop()
    assert run("print('x')") == (-9, [])


def test_the_last_line_of_a_program_that_failed_is_kept(run, container):
    assert run("raise ValueError('bad')")[0] == 1
    assert container.last_error == "ValueError: bad"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces are Linux's")
def test_isolation_is_a_network_with_a_loopback_and_nothing_else(run):
    code, lines = run(
        "import os, socket\n"
        "print(sorted(name for _, name in socket.if_nameindex()))\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n",
        isolated=True,
    )
    if lines == [] or "lo" not in lines[0] or "refused" in str(lines):
        pytest.skip("this kernel gives no network namespace")
    assert (code, lines) == (0, ["['lo']"])


@pytest.mark.parametrize(
    "call", ["socket.create_connection(('127.0.0.1', 9))", "socket.getaddrinfo('localhost', 1)"]
)
def test_where_the_kernel_isolates_nothing_python_is_guarded(call):
    ran = subprocess.run(  # noqa: S603 (a text of this test)
        [sys.executable, "-c", f"import socket; {call}"],
        env={**os.environ, "PYTHONPATH": str(GUARD)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "network isolation:" in ran.stderr


def test_an_archive_that_leaves_its_folder_is_refused(tmp_path):
    path = tmp_path / "bad.tar.gz"
    (tmp_path / "file").write_text("x")
    with tarfile.open(path, "w:gz") as made:
        made.add(tmp_path / "file", arcname="../outside")
    with pytest.raises(TransferError, match=r"bad\.tar\.gz cannot be unpacked"):
        unpack(path, tmp_path / "in")
    assert not (tmp_path / "outside").exists()
