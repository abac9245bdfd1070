"""What is said of servers that were asked the same, and how they are asked."""

import socket
import threading
from importlib.util import find_spec

import pytest

from benchmarks.model_hosting.servers.asked import Asked, ask, request

if not find_spec("xgboost"):
    pytest.skip("no xgboost for this Python", allow_module_level=True)

from benchmarks.model_hosting.servers import archive, measure, model, started
from benchmarks.model_hosting.servers.measure import Taken
from model_training.inference import input_fn, model_fn, output_fn, predict_fn
from sandbox.host.process import SandboxError


def taken(per_cpu, p95, mib):
    return [Taken(1000.0, per_cpu, 1.0, p95, mib)]


def said(per_cpu, p95, mib):
    """Say how ours stands, by ratios to a server that is asked 100 times in a second, and so on."""
    aws = taken(100.0, 10.0, 100.0)
    single = {
        measure.OWN: taken(100.0 * per_cpu, 10.0 * p95, 100.0 * mib),
        measure.AWS_OURS: aws,
        measure.AWS_DEFAULT: aws,
        measure.MODEL: taken(1000.0, 1.0, 1.0),
    }
    return measure.told(single, dict.fromkeys(single, aws))


def test_what_was_wanted_and_is_kept_is_said():
    told = said(3.0, 0.5, 0.4)
    assert "answers 3.0 times as many" in told
    assert "with 0.50 of the p95" in told
    assert "and 0.40 of the memory" in told
    assert "It keeps 30 % of the calls" in told
    assert "**" not in told


@pytest.mark.parametrize(
    ("ratios", "told"),
    [
        ((2.9, 0.5, 0.4), "answers **2.9 times**"),
        ((3.0, 0.6, 0.4), "with **0.60**"),
        ((3.0, 0.5, 0.5), "and **0.50**"),
    ],
    ids=["requests", "latency", "memory"],
)
def test_what_is_not_kept_is_bold(ratios, told):
    assert told in said(*ratios)


def test_a_percentile_is_what_so_many_kept_within():
    asked = Asked([each / 100 for each in range(100, 0, -1)], b"")
    assert [asked.percentile(share) for share in (0.0, 0.5, 0.95, 1.0)] == [0.01, 0.51, 0.96, 1.0]


@pytest.fixture
def serve():
    """Answer connections with the same bytes, in pieces, as often as asked."""
    listeners = []

    def start(answer, size=7):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run():
            with listener.accept()[0] as connection:
                while connection.recv(65536):
                    for at in range(0, len(answer), size):
                        connection.sendall(answer[at : at + size])

        threading.Thread(target=run, daemon=True).start()
        return listener.getsockname()[1]

    yield start
    for listener in listeners:
        listener.close()


def test_an_answer_is_read_to_its_end_whatever_pieces_it_comes_in(serve):
    port = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n[0.5, 0.25]\n")
    asked = ask(port, request("/", b"", "", ""), 0.05)
    assert asked.answer == b"[0.5, 0.25]\n"
    assert len(asked.latencies) > 0


def test_an_answer_that_is_no_200_ends_it(serve):
    port = serve(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(ValueError, match=r"the answer is .*500 No"):
        ask(port, request("/", b"", "", ""), 5)


def test_servers_that_tell_different_numbers_are_told(monkeypatch):
    answers = iter([b"[0.5]", b'{"predictions": [0.25]}'])
    one = taken(1.0, 1.0, 1.0)[0]
    monkeypatch.setattr(measure, "_round", lambda *_: (one, next(answers)))
    monkeypatch.setattr(measure, "ROUNDS", 1)

    class Started:
        """A server that is none."""

        def __enter__(self):
            return 0, 0

        def __exit__(self, *_):
            return None

    servers = {"one": Started, "other": Started}
    with pytest.raises(SandboxError, match="different numbers"):
        measure._measured(servers, dict.fromkeys(servers, (b"", "")))


def test_servers_that_are_not_installed_are_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(started, "PACKAGES", tmp_path / "none")
    with pytest.raises(SandboxError, match="make bench BENCH=ModelHosting"):
        measure.report()


def test_bodies_of_one_form_and_the_other_are_the_same_rows(tmp_path):
    archive.main(tmp_path)
    served = model_fn(str(tmp_path))
    rows = model.rows(3)

    def told(body, content_type):
        return output_fn(predict_fn(input_fn(body, content_type), served), "text/csv")[0]

    by_name = b"".join(told(model.by_name(row), "application/json") for row in rows)
    assert told(model.lines(rows), "text/csv") == by_name
    assert model.by_place(rows[0]).count(b",") == model.COLUMNS - 1


def test_an_archive_has_the_code_where_an_image_looks_for_it(tmp_path):
    written = tmp_path / "archive"
    written.mkdir()
    (written / "model.json").write_text("{}")
    ours = started.with_code(written, tmp_path / "ours", ours=True)
    default = started.with_code(written, tmp_path / "default", ours=False)
    for folder in (ours, default):
        assert (folder / "model.json").is_file()
        assert (folder / "code" / "inference.py").is_file()
    assert (ours / "code" / "model_training" / "signature.py").is_file()
    assert "input_fn" not in (default / "code" / "inference.py").read_text()
