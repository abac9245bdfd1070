"""The server of ours answers, refuses a wrong model, and ends what it began when told to stop."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from model_training.media_types import CSV, JSON
from testing.bad_requests import BAD_REQUESTS, LINE, PERSONAL, ROW

JOBS = Path(__file__).parents[3] / "jobs"
HOST = "127.0.0.1"

pytestmark = pytest.mark.skipif(not find_spec("uvicorn"), reason="no uvicorn for this machine")


def port_of(listener):
    return listener.getsockname()[1]


@contextmanager
def process(model):
    """Start the server as its container does."""
    with socket.create_server((HOST, 0)) as listener:
        port = port_of(listener)
    environment = {
        **os.environ,
        "PYTHONPATH": str(JOBS),
        "SM_MODEL_DIR": str(model),
        "SAGEMAKER_BIND_TO_PORT": str(port),
    }
    command = [sys.executable, "-m", "model_training.serve_model", "serve", "--host", HOST]
    with subprocess.Popen(  # noqa: S603 (our own module)
        command, env=environment, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running, port
        finally:
            running.kill()


def ask(port, body=b"", content_type=JSON, *, path="/invocations", method="POST", **headers):
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": content_type, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def await_ping(running, port):
    while running.poll() is None:
        try:
            if ask(port, path="/ping", method="GET")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(running.stderr.read())


@pytest.fixture(scope="module")
def server(archive):
    with process(archive) as (running, port):
        await_ping(running, port)
        yield port


def test_a_row_is_told_what_the_model_tells(server, model):
    status, body = ask(server, json.dumps(ROW).encode())
    told = model.predict(model.plan.of_objects([dict(ROW)]).floats)
    assert (status, json.loads(body)) == (200, {"predictions": told})


def test_all_bad_input_is_refused_and_the_server_stays_up(server):
    for kind, sent in BAD_REQUESTS.items():
        status, body = ask(server, sent.body, sent.content_type, Accept=sent.accept)
        assert (kind, status) == (kind, sent.status)
        assert sent.told in json.loads(body)["error"]
        assert PERSONAL.encode() not in body
    assert ask(server, path="/ping", method="GET")[0] == 200


def test_a_ping_is_answered_while_a_large_body_is_read(server):
    large = LINE.encode() * 100_000
    with socket.create_connection((HOST, server), timeout=60) as connection:
        head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: {CSV}\r\n"
        connection.sendall(f"{head}Content-Length: {len(large)}\r\n\r\n".encode() + large)
        assert ask(server, path="/ping", method="GET")[0] == 200
        assert ask(server, json.dumps(ROW).encode())[0] == 200
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert len(json.loads(answer.read())["predictions"]) == 100_000


def test_what_was_begun_is_ended_when_it_is_told_to_stop(archive):
    with process(archive) as (running, port):
        await_ping(running, port)
        body = json.dumps(ROW).encode()
        with socket.create_connection((HOST, port), timeout=30) as connection:
            head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            assert ask(port, path="/ping", method="GET")[0] == 200  # by now it has begun to read
            running.send_signal(signal.SIGTERM)
            while True:
                try:
                    socket.create_connection((HOST, port), timeout=1).close()
                except OSError:
                    break
            connection.sendall(body[5:])
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status == 200
        assert running.wait(30) in (0, -signal.SIGTERM)
        assert "Traceback" not in running.stderr.read()


def test_a_model_that_is_refused_ends_the_server_with_what_differs(archive, tmp_path):
    shutil.copytree(archive, tmp_path, dirs_exist_ok=True)
    known = json.loads((tmp_path / "known_rows.json").read_bytes())
    known["predictions"].reverse()
    (tmp_path / "known_rows.json").write_text(json.dumps(known))
    with process(tmp_path) as (running, port):
        assert running.wait(30) == 3
        assert "known rows are off by more than 1e-06" in running.stderr.read()
        with pytest.raises(OSError, match=r".+"):
            ask(port, path="/ping", method="GET")
