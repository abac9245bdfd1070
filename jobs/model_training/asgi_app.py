"""SageMaker's contract with a container, as an ASGI app without a framework: the same handlers."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from model_training.inference import input_fn, output_fn, predict_fn
from model_training.media_types import JSON
from model_training.refused_requests import RefusedRequestError
from model_training.request_rows import MOST_BYTES
from model_training.served_model import ServedModel

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_SMALL = 64 * 1024  # bytes of a body that is answered at once; a larger one would hold up a ping
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process takes: bytes of a body, seconds until it is there, requests at once."""

    most_bytes: int = MOST_BYTES
    body_seconds: float = 20.0
    requests: int = 64


class _GoneError(Exception):
    """The client left before its body was there."""


class ModelApp:
    """Answers ``/ping``, ``/invocations`` and ``/execution-parameters``, of one model."""

    def __init__(
        self,
        load: Callable[[], ServedModel],
        limits: Limits | None = None,
        failed: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        """Load the model once the server starts; ``failed`` is told of what is our own fault."""
        self._load, self._limits, self._failed = load, limits or Limits(), failed
        self._model: ServedModel | None = None
        self._taken = 0
        self._large = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or the server's own questions about starting and stopping."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            try:
                status, body, content_type = await self._answer(scope, receive)
            except _GoneError:
                return
            headers = [
                (b"content-type", content_type.encode()),
                (b"content-length", str(len(body)).encode()),
            ]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._model = self._load()
        except Exception as error:
            self._failed(error)
            # The server ends by this, and so does the container: it never is in service.
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes, str]:
        try:
            match scope["path"], scope["method"]:
                case "/invocations", "POST":
                    return await self._invoke(scope, receive)
                case "/ping", "GET":
                    is_there = self._model is not None
                    return (
                        (HTTPStatus.OK if is_there else HTTPStatus.SERVICE_UNAVAILABLE),
                        b"",
                        JSON,
                    )
                case "/execution-parameters", "GET":
                    return HTTPStatus.OK, self._parameters(), JSON
                case "/invocations" | "/ping" | "/execution-parameters", _:
                    raise RefusedRequestError(
                        HTTPStatus.METHOD_NOT_ALLOWED,
                        "there are POST /invocations, GET /ping and GET /execution-parameters",
                    )
            raise RefusedRequestError(
                HTTPStatus.NOT_FOUND, "there are /invocations, /ping and /execution-parameters"
            )
        except RefusedRequestError as error:
            return error.status, error.body(), JSON
        except _GoneError:
            raise
        except Exception as error:  # a server answers whatever happens, and says nothing of it
            self._failed(error)
            body = json.dumps({"error": "the model server failed"}).encode()
            return HTTPStatus.INTERNAL_SERVER_ERROR, body, JSON

    async def _invoke(self, scope: Scope, receive: Receive) -> tuple[int, bytes, str]:
        if self._taken >= self._limits.requests:
            raise RefusedRequestError(
                HTTPStatus.SERVICE_UNAVAILABLE, "too many requests at once; ask again"
            )
        self._taken += 1
        try:
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            body = await self._body(headers, receive)
            if len(body) <= _SMALL:
                return self._told(body, headers)
            async with self._large:
                return await asyncio.to_thread(self._told, body, headers)
        finally:
            self._taken -= 1

    async def _body(self, headers: Mapping[bytes, str], receive: Receive) -> bytes:
        length = headers.get(b"content-length", "")
        if length.isdecimal() and int(length) > self._limits.most_bytes:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._received(receive)
        except TimeoutError:
            raise RefusedRequestError(
                HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time"
            ) from None

    async def _received(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _GoneError
            body += message.get("body", b"")
            if len(body) > self._limits.most_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> RefusedRequestError:
        return RefusedRequestError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a body may have {self._limits.most_bytes} bytes at most",
        )

    def _told(self, body: bytes, headers: Mapping[bytes, str]) -> tuple[int, bytes, str]:
        if self._model is None:
            raise RefusedRequestError(HTTPStatus.SERVICE_UNAVAILABLE, "the model is not loaded yet")
        request = input_fn(body, headers.get(b"content-type"))
        told, content_type = output_fn(predict_fn(request, self._model), headers.get(b"accept"))
        return HTTPStatus.OK, told, content_type

    def _parameters(self) -> bytes:
        """Tell batch transform what is best: one request at once, of many rows."""
        return json.dumps(
            {
                "MaxConcurrentTransforms": 1,
                "BatchStrategy": "MULTI_RECORD",
                "MaxPayloadInMB": self._limits.most_bytes // _MIB,
            }
        ).encode()
