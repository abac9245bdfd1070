"""MQTT over mutual TLS, on the loopback interface alone, from when somebody asks where it is."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.services.iot.upstream import iot

_ADDRESS = "127.0.0.1"
_PORT = 8883  # that of AWS; any free one where this is taken, by another sandbox for example
_DATA = "iot:Data-ATS"

_listening: list[socket.socket] = []


def install() -> None:
    """Let ``DescribeEndpoint`` open the door, and nobody else."""
    patching.replace(
        iot,
        "mtls_enabled",
        lambda: bool(_listening),
        because="there is a listener once somebody asked for it, whatever the environment says",
    )
    patching.replace(
        iot,
        "_mtls_start_locked",
        _start,
        because="it listens on every interface, and so to the network",
    )
    patching.wrap(
        iot,
        "_mtls_build_ssl_context",
        _certificate_required,
        because="it serves who shows no certificate",
    )
    patching.wrap(
        iot,
        "_describe_endpoint",
        _where,
        because="the name that it gives is known nowhere",
    )


def _where(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe(query: Mapping[str, str]) -> Any:
        if query.get("endpointType", _DATA) != _DATA:
            return original(query)
        if not _listening:
            _listening.append(_bound())
            asyncio.get_running_loop().create_task(iot.mtls_start())
        port = _listening[0].getsockname()[1]
        return responses.json_response(
            {"endpointAddress": _ADDRESS if port == _PORT else f"{_ADDRESS}:{port}"}
        )

    return describe


def _bound() -> socket.socket:
    """Take AWS's port or a free one; who connects before it is served waits."""
    for port in (_PORT, 0):
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            door.bind((_ADDRESS, port))
        except OSError:
            door.close()
            if not port:
                raise
        else:
            door.listen()
            return door
    raise AssertionError("one of the two was bound or raised")


async def _start() -> None:
    if iot._mtls_server is not None:
        return
    loop = asyncio.get_running_loop()
    # A copy, as a listener that is closed, on a reset, closes what it was given.
    iot._mtls_server = await loop.create_server(iot._MtlsAcceptor, sock=_listening[0].dup())
    iot._mtls_loop = loop


def _certificate_required(original: Callable[[], ssl.SSLContext]) -> Callable[[], ssl.SSLContext]:
    def build() -> ssl.SSLContext:
        context = original()
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    return build
