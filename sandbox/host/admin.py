"""The sandbox's own pages beside AWS's, and the scope in which each request is served."""

import inspect
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sandbox.core import account, in_flight, passing_time, patching, version_check
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import request_from
from sandbox.core.upstream import gateway, router, sigv4
from sandbox.faults.occasions import BOOK
from sandbox.iam import problems
from sandbox.services.events import schedules
from sandbox.services.glue import jobs

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_PREFIX = "/_sandbox/"
_LOOPBACK = ("127.", "::1")


def install() -> None:
    """Stand in front of the emulator's application."""
    patching.wrap(
        gateway,
        "app",
        _in_front_of,
        because="each request is served for its caller, and /_sandbox/ by us",
    )
    patching.wrap(
        gateway,
        "pin_request_origin",
        _loopback_counts_as_tls,
        because="nobody can listen on the loopback interface, which aws:SecureTransport asks",
    )


def _loopback_counts_as_tls(pin: Callable[..., None]) -> Callable[..., None]:
    """Nobody can listen on the loopback interface, which is what `aws:SecureTransport` asks."""

    def pin_origin(source_ip: str, secure_transport: bool) -> None:
        pin(source_ip, secure_transport or source_ip.startswith(_LOOPBACK))

    return pin_origin


def _in_front_of(application: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def served(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif scope["path"].startswith(_PREFIX):
            await _answer(scope, receive, send)
        else:
            await _serve(application, scope, receive, send)

    return served


async def _serve(
    application: Callable[..., Awaitable[None]], scope: Message, receive: Receive, send: Send
) -> None:
    signed = {
        name.decode("latin-1").lower(): sigv4.decode_header_value(value)
        for name, value in scope["headers"]
        if name.lower() == b"authorization"
    }
    query = gateway.parse_qs(scope.get("query_string", b"").decode(errors="replace"))
    with request_from(router.extract_access_key_id(signed, query)) as added:

        async def send_with_ours(message: Message) -> None:
            if message["type"] == "http.response.start" and added:
                ours = [(name.encode(), value.encode()) for name, value in added.items()]
                message = {**message, "headers": [*message["headers"], *ours]}
            await send(message)

        with in_flight.counted(in_flight.REQUEST):
            await application(scope, receive, send_with_ours)


async def _answer(scope: Message, receive: Receive, send: Send) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    page = scope["path"].removeprefix(_PREFIX)
    try:
        status, reply = 200, _page(scope["method"], page, body)
        if inspect.isawaitable(reply):
            reply = await reply
    except LookupError:
        status, reply = (
            404,
            f"no page {scope['method']} {page}; "
            "there are status, faults, calls, peaks, problems, schedules, time, spark, account",
        )
    except ValueError as error:
        status, reply = 400, str(error)
    content = reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _page(method: str, page: str, body: bytes) -> Any:
    match method, page:
        case "GET", "status":
            return {"pid": os.getpid(), "ministack": version_check.EXPECTED, "iam": gateway.AUTH}
        case "GET", "time":
            return CLOCK.time()
        case "PUT", "faults":
            BOOK.replace(json.loads(body))
        case "DELETE", "faults":
            BOOK.replace([])
        case "GET", "faults":
            pass
        case "DELETE", "calls":
            BOOK.call_counts.clear()
            return BOOK.call_counts.calls
        case "GET", "calls":
            return BOOK.call_counts.calls
        case "GET", "peaks":
            return BOOK.call_counts.peaks
        case "POST", "schedules":
            return schedules.fire(json.loads(body or b'""'))
        case "POST", "time":
            return passing_time.pass_time()
        case "POST", "spark":
            return jobs.warm()
        case "PUT", "account":
            return account.grant(json.loads(body))
        case "GET", "problems":
            return problems.current()
        case "DELETE", "problems":
            problems.clear()
            return problems.current()
        case _:
            raise LookupError(page)
    return BOOK.described()
