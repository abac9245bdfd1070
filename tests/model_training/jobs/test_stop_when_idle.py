"""A notebook stops when nobody works in it, and at no other time."""

import http.server
import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest

from model_training import stop_when_idle
from model_training.stop_when_idle import is_idle

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LIMIT = timedelta(minutes=60)


def ago(minutes):
    return (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def kernel(state, minutes):
    return {"kernel": {"execution_state": state, "last_activity": ago(minutes)}}


def terminal(minutes):
    return {"name": "1", "last_activity": ago(minutes)}


CASES = {
    "nothing open": ([], [], 600, True),
    "nothing open, just started": ([], [], 59, False),
    "a kernel that computes": ([kernel("busy", 600)], [], 600, False),
    "a kernel that starts": ([kernel("starting", 600)], [], 600, False),
    "a kernel touched of late": ([kernel("idle", 59)], [], 600, False),
    "a kernel left alone": ([kernel("idle", 60)], [], 600, True),
    "a kernel that died": ([kernel("dead", 60)], [], 600, True),
    "one of two": ([kernel("idle", 90), kernel("idle", 5)], [], 600, False),
    "a terminal touched of late": ([kernel("idle", 90)], [terminal(5)], 600, False),
    "a terminal left alone": ([], [terminal(90)], 600, True),
    "a file without a kernel": ([{"kernel": None}], [], 600, True),
}


@pytest.mark.parametrize("case", CASES)
def test_who_works_is_not_interrupted_and_who_does_not_is(case):
    sessions, terminals, up, idle = CASES[case]
    found = is_idle(sessions, terminals, now=NOW, up=timedelta(minutes=up), limit=LIMIT)
    assert found is idle


def test_times_without_a_zone_are_utc():
    told = [{"last_activity": "2026-11-30T11:30:00"}]
    assert not is_idle([], told, now=NOW, up=timedelta(days=1), limit=LIMIT)


@pytest.fixture
def jupyter(monkeypatch):
    """Answer as Jupyter does; gives what it says, by path."""
    says: dict[str, list[object]] = {"/api/sessions": [], "/api/terminals": []}

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(says.get(self.path)).encode()
            self.send_response(200 if self.path in says else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    def connect(host, port, *, timeout, context):
        assert (host, port) == ("localhost", stop_when_idle.PORT)
        return http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=timeout)

    monkeypatch.setattr(http.client, "HTTPSConnection", connect)
    yield says
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def instance(monkeypatch, tmp_path):
    """Be an instance that has been up for a day; gives the commands that it was given."""
    (tmp_path / "uptime").write_text("86400.00 1.00\n")
    (tmp_path / "metadata").write_text(json.dumps({"ResourceName": "Notebook-a1"}))
    monkeypatch.setattr(stop_when_idle, "UPTIME", tmp_path / "uptime")
    monkeypatch.setattr(stop_when_idle, "METADATA", tmp_path / "metadata")
    commands = []
    monkeypatch.setattr(subprocess, "run", lambda asked, **_: commands.append(asked))
    return commands


def test_the_instance_that_is_idle_stops_itself_by_its_own_name(jupyter, instance):
    stop_when_idle.main(60)
    assert instance == [
        ["aws", "sagemaker", "stop-notebook-instance", "--notebook-instance-name", "Notebook-a1"]
    ]


def test_the_instance_that_is_worked_in_goes_on(jupyter, instance):
    jupyter["/api/sessions"] = [{"kernel": {"execution_state": "busy", "last_activity": ago(0)}}]
    stop_when_idle.main(60)
    assert instance == []


def test_a_jupyter_that_does_not_answer_is_no_reason_to_stop(jupyter, instance):
    del jupyter["/api/terminals"]
    with pytest.raises(OSError, match="answers 404 when it is asked for its terminals"):
        stop_when_idle.main(60)
    assert instance == []
