"""The app answers as SageMaker's contract with a container says, whatever is sent, and stays up."""

import asyncio
import json
import threading
from dataclasses import replace

import pytest

from model_training.asgi_app import Limits, ModelApp
from model_training.inference import input_fn, output_fn, predict_fn
from model_training.media_types import CSV, JSON
from model_training.served_model import ServedModel
from testing.bad_requests import BAD_REQUESTS, LINE, PERSONAL, ROW

GOOD = json.dumps(ROW).encode()


class Client:
    """Speaks ASGI with an app, as a server does."""

    def __init__(self, app):
        self.app = app

    async def start(self):
        """Have the app load its model; gives what it says of it."""
        told = []
        self._stop = asyncio.Event()
        messages = iter([{"type": "lifespan.startup"}])

        async def receive():
            for message in messages:
                return message
            await self._stop.wait()
            return {"type": "lifespan.shutdown"}

        async def send(message):
            told.append(message)

        self._task = asyncio.create_task(self.app({"type": "lifespan"}, receive, send))
        while not told:
            await asyncio.sleep(0)
        return told

    async def stop(self):
        """Have the app end."""
        self._stop.set()
        await self._task

    async def ask(self, path="/invocations", method="POST", headers=(), chunks=(b"",), gone=False):
        """Send a request in chunks; gives status, headers and body, or None if nobody answered."""
        sent = [
            {"type": "http.request", "body": chunk, "more_body": gone or place < len(chunks) - 1}
            for place, chunk in enumerate(chunks)
        ]
        answer = []

        async def receive():
            if sent:
                return sent.pop(0)
            if gone:
                return {"type": "http.disconnect"}
            return await asyncio.Event().wait()

        async def send(message):
            answer.append(message)

        scope = {"type": "http", "path": path, "method": method, "headers": list(headers)}
        await self.app(scope, receive, send)
        if not answer:
            return None
        begun, body = answer
        return begun["status"], dict(begun["headers"]), body["body"]

    async def predict(self, body=GOOD, content_type=JSON, accept="*/*", size=1000):
        """Ask for predictions, the body in pieces."""
        chunks = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        headers = [(b"content-type", content_type.encode()), (b"accept", accept.encode())]
        return await self.ask(headers=headers, chunks=chunks)


def served(ask, app):
    """Run what asks the app, between its start and its stop."""

    async def run():
        client = Client(app)
        await client.start()
        try:
            return await asyncio.wait_for(ask(client), 30)
        finally:
            await client.stop()

    return asyncio.run(run())


@pytest.fixture
def app(model):
    return ModelApp(lambda: model)


def test_a_row_is_told_what_the_handlers_tell(app, model):
    status, headers, body = served(lambda client: client.predict(), app)
    assert (status, headers[b"content-type"]) == (200, JSON.encode())
    assert body == output_fn(predict_fn(input_fn(GOOD, JSON), model), JSON)[0]
    assert headers[b"content-length"] == str(len(body)).encode()


def test_a_large_body_is_told_the_same_while_others_are_answered(model):
    count = 5000
    assert len(LINE) * count > 64 * 1024
    answered = threading.Event()

    class Waiting(ServedModel):
        """A model that tells of many rows only once others have been answered."""

        def __init__(self):
            """Load nothing."""
            self.plan = model.plan

        def predict(self, floats):
            """Wait for the others."""
            if len(floats) > 1:
                assert answered.wait(10)
            return model.predict(floats)

    async def ask(client):
        large = asyncio.create_task(client.predict(LINE.encode() * count, CSV, CSV, size=65536))
        await asyncio.sleep(0)
        small, ping = await client.predict(), await client.ask("/ping", "GET")
        answered.set()
        return await large, small, ping

    large, small, ping = served(ask, ModelApp(Waiting))
    assert [large[0], small[0], ping[0]] == [200, 200, 200]
    lines = large[2].split()
    assert len(lines) == count
    assert set(map(float, lines)) == set(json.loads(small[2])["predictions"])


@pytest.mark.parametrize("kind", BAD_REQUESTS)
def test_bad_input_is_refused_in_one_line_and_the_server_stays_up(app, kind):
    sent = BAD_REQUESTS[kind]

    async def ask(client):
        refused = await client.predict(sent.body, sent.content_type, sent.accept, size=10**6)
        return refused, await client.ask("/ping", "GET"), await client.predict()

    (status, headers, body), ping, good = served(ask, app)
    assert status == sent.status
    assert headers[b"content-type"] == JSON.encode()
    told = json.loads(body)["error"]
    assert sent.told in told
    assert "\n" not in told
    assert PERSONAL not in told
    assert (ping[0], good[0]) == (200, 200)


def test_a_body_that_says_to_be_too_large_is_not_awaited(app):
    headers = [(b"content-length", b"6291457"), (b"content-type", JSON.encode())]

    async def ask(client):
        return await client.ask(headers=headers, chunks=[])

    assert served(ask, app)[0] == 413


def test_a_body_without_end_is_read_no_further_than_it_may_be(app):
    app = ModelApp(app._load, replace(Limits(), most_bytes=100))

    async def ask(client):
        return await client.ask(chunks=[b" " * 30] * 4, gone=True), await client.predict(b"{}")

    refused, good = served(ask, app)
    assert (refused[0], good[0]) == (413, 400)


def test_a_body_that_does_not_come_is_given_up(app):
    app = ModelApp(app._load, replace(Limits(), body_seconds=0.01))

    async def ask(client):
        return await client.ask(chunks=[]), await client.predict()

    late, good = served(ask, app)
    assert (late[0], json.loads(late[2])["error"]) == (408, "the body did not come in time")
    assert good[0] == 200


def test_a_client_that_leaves_is_not_answered(app):
    async def ask(client):
        return await client.ask(chunks=[b"{"], gone=True), await client.predict()

    left, good = served(ask, app)
    assert left is None
    assert good[0] == 200


def test_more_requests_at_once_than_may_be_are_told_to_come_again(app):
    app = ModelApp(app._load, replace(Limits(), requests=2, body_seconds=0.05))

    async def ask(client):
        held = [client.ask(chunks=[]) for _ in range(5)]
        return await asyncio.gather(*held), await client.predict()

    held, good = served(ask, app)
    assert sorted(status for status, _, _ in held) == [408, 408, 503, 503, 503]
    assert good[0] == 200


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/ping", "GET", 200),
        ("/execution-parameters", "GET", 200),
        ("/ping", "POST", 405),
        ("/invocations", "GET", 405),
        ("/invocations/", "POST", 404),
        ("/", "GET", 404),
        ("/models", "GET", 404),
    ],
)
def test_there_is_what_sagemaker_asks_for_and_nothing_else(app, path, method, status):
    assert served(lambda client: client.ask(path, method), app)[0] == status


def test_batch_transform_is_told_what_is_best(app):
    _, _, body = served(lambda client: client.ask("/execution-parameters", "GET"), app)
    assert json.loads(body) == {
        "MaxConcurrentTransforms": 1,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


def test_a_model_that_is_refused_never_is_in_service():
    def refuse():
        raise ValueError("the library is another")

    failures: list[Exception] = []
    app = ModelApp(refuse, failed=failures.append)

    async def ask(client):
        return await client.ask("/ping", "GET"), await client.predict()

    ping, predicted = served(ask, app)
    assert (ping[0], predicted[0]) == (503, 503)
    assert [str(error) for error in failures] == ["the library is another"]

    async def start():
        return await Client(app).start()

    (told,) = asyncio.run(start())
    assert told == {"type": "lifespan.startup.failed", "message": "the library is another"}


def test_a_fault_of_our_own_says_nothing_of_what_was_sent(model):
    class Broken(ServedModel):
        """A model that fails with what it was given."""

        def __init__(self):
            """Load nothing."""
            self.plan = model.plan

        def predict(self, floats):
            """Fail."""
            raise RuntimeError(f"of {PERSONAL}")

    failures: list[Exception] = []
    app = ModelApp(Broken, failed=failures.append)
    status, _, body = served(lambda client: client.predict(), app)
    assert (status, json.loads(body)) == (500, {"error": "the model server failed"})
    assert [type(error) for error in failures] == [RuntimeError]
