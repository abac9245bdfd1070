"""A Greengrass nucleus as its real client sees it: event-stream RPC on a socket."""

import base64
import json
import socket
import struct
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

# Message types and flags of the protocol.
_APPLICATION, _ERROR, _PING, _PING_ANSWER, _CONNECT, _CONNECTED = 0, 1, 2, 3, 4, 5
_ACCEPTED, _LAST = 1, 2
_SERVICE = "aws.greengrass"
Headers = dict[str, Any]


@dataclass(slots=True)
class FakeNucleus:
    """Answers the operations that a component uses, and keeps what was published.

    ``echo`` hands what is published to IoT Core back to whoever subscribed to it, as its broker
    does; without it the device is offline. ``silent`` accepts connections and says nothing.
    ``refused`` names operations that are answered with an error of that name.
    """

    path: Path
    configurations: dict[str, dict[str, Any]]
    component: str = "component"
    echo: bool = True
    silent: bool = False
    refused: dict[str, str] = field(default_factory=dict)
    local: list[tuple[str, Any]] = field(default_factory=list)
    to_cloud: list[tuple[str, bytes]] = field(default_factory=list)
    validity: list[tuple[str, str]] = field(default_factory=list)
    _streams: dict[str, list[tuple[socket.socket, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _server: socket.socket | None = None
    _connections: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> "FakeNucleus":
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self.path))
        self._server.listen(8)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in [self._server, *self._connections]:
            if one:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def environment(self) -> dict[str, str]:
        """Give the variables by which a nucleus starts a component."""
        return {
            "AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT": str(self.path),
            "SVCUID": "token",
            "AWS_IOT_THING_NAME": "feeder-1",
        }

    def configure(self, component: str, configuration: dict[str, Any]) -> None:
        """Deploy another configuration, and tell whoever asked to be told."""
        self.configurations[component] = configuration
        body = {"configurationUpdateEvent": {"componentName": component, "keyPath": []}}
        self._tell(f"configuration/{component}", "ConfigurationUpdateEvents", body)

    def propose(self, configuration: dict[str, Any], deployment: str) -> None:
        """Ask the component whether it would run by a configuration."""
        body = {
            "validateConfigurationUpdateEvent": {
                "configuration": configuration,
                "deploymentId": deployment,
            }
        }
        self._tell("validate", "ValidateConfigurationUpdateEvents", body)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20) -> bool:
        """Wait until something published makes a condition true; tell whether it is."""
        with self._changed:
            return self._changed.wait_for(condition, seconds)

    def _tell(self, stream: str, model: str, body: Any) -> None:
        for connection, number in list(self._streams[stream]):
            with suppress(OSError):
                self._send(connection, number, model, body)

    def _accept(self) -> None:
        while self._server:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._connections.append(connection)
            if not self.silent:
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, EOFError), connection.makefile("rb") as stream:
            for headers, payload in _messages(stream):
                self._answer(connection, headers, payload)
                with self._changed:
                    self._changed.notify_all()

    def _answer(self, connection: socket.socket, headers: Headers, payload: bytes) -> None:
        kind = headers[":message-type"]
        if kind in {_CONNECT, _PING}:
            answer = {_CONNECT: _CONNECTED, _PING: _PING_ANSWER}[kind]
            flags = _ACCEPTED if kind == _CONNECT else 0
            told = {":message-type": answer, ":message-flags": flags, ":stream-id": 0}
            with self._lock:
                connection.sendall(_encoded(told, b"" if kind == _CONNECT else payload))
            return
        if kind != _APPLICATION or "operation" not in headers:
            return
        number, operation = headers[":stream-id"], headers["operation"].partition("#")[2]
        request = json.loads(payload or b"{}")
        if error := self.refused.get(operation):
            self._send(
                connection, number, error, {"message": f"{operation} is refused"}, error=True
            )
            return
        handler = getattr(self, f"_{operation}", None)
        if not handler:
            self._send(connection, number, "ServiceError", {"message": operation}, error=True)
            return
        answer, stream = handler(request)
        if stream:
            self._streams[stream].append((connection, number))
        flags = 0 if stream else _LAST
        self._send(connection, number, f"{operation}Response", answer, flags=flags)

    def _send(
        self,
        connection: socket.socket,
        number: int,
        model: str,
        body: Any,
        *,
        flags: int = 0,
        error: bool = False,
    ) -> None:
        headers = {
            ":message-type": _ERROR if error else _APPLICATION,
            ":message-flags": _LAST if error else flags,
            ":stream-id": number,
            ":content-type": "application/json",
            "service-model-type": f"{_SERVICE}#{model}",
        }
        with self._lock:
            connection.sendall(_encoded(headers, json.dumps(body).encode()))

    # The operations, by their names in the protocol: the answer, and which stream it opens.

    def _GetConfiguration(self, request: Any) -> tuple[Any, str]:  # noqa: N802 - the protocol's name
        name = request.get("componentName") or self.component
        value: Any = self.configurations[name]
        for key in request.get("keyPath") or []:
            value = value[key]
        return {"componentName": name, "value": value}, ""

    def _SubscribeToConfigurationUpdate(self, request: Any) -> tuple[Any, str]:  # noqa: N802 - likewise
        return {}, f"configuration/{request.get('componentName') or self.component}"

    def _SubscribeToValidateConfigurationUpdates(self, _: Any) -> tuple[Any, str]:  # noqa: N802 - likewise
        return {}, "validate"

    def _SendConfigurationValidityReport(self, request: Any) -> tuple[Any, str]:  # noqa: N802 - likewise
        report = request["configurationValidityReport"]
        self.validity.append((report["status"], report.get("message", "")))
        return {}, ""

    def _PublishToTopic(self, request: Any) -> tuple[Any, str]:  # noqa: N802 - likewise
        message = request["publishMessage"]["jsonMessage"]["message"]
        self.local.append((request["topic"], message))
        return {}, ""

    def _SubscribeToIoTCore(self, request: Any) -> tuple[Any, str]:  # noqa: N802 - likewise
        return {}, f"cloud/{request['topicName']}"

    def _PublishToIoTCore(self, request: Any) -> tuple[Any, str]:  # noqa: N802 - likewise
        topic, payload = request["topicName"], request.get("payload", "")
        self.to_cloud.append((topic, base64.b64decode(payload)))
        if self.echo:
            message = {"message": {"topicName": topic, "payload": payload}}
            self._tell(f"cloud/{topic}", "IoTCoreMessage", message)
        return {}, ""


def _messages(stream: BinaryIO) -> Iterator[tuple[Headers, bytes]]:
    while True:
        prelude = _exactly(stream, 12)
        total, length, _ = struct.unpack(">III", prelude)
        rest = _exactly(stream, total - 12)
        (checksum,) = struct.unpack(">I", rest[-4:])
        if zlib.crc32(prelude + rest[:-4]) != checksum:
            raise EOFError("a message with another checksum")
        yield _headers(rest[:length]), rest[length:-4]


def _headers(found: bytes) -> Headers:
    headers: Headers = {}
    place = 0
    while place < len(found):
        size = found[place]
        name = found[place + 1 : place + 1 + size].decode()
        place += 1 + size
        kind, place = found[place], place + 1
        if kind in {0, 1}:
            headers[name] = kind == 0
        elif kind == 4:
            (headers[name],) = struct.unpack(">i", found[place : place + 4])
            place += 4
        else:
            (size,) = struct.unpack(">H", found[place : place + 2])
            headers[name] = found[place + 2 : place + 2 + size].decode(errors="replace")
            place += 2 + size
    return headers


def _encoded(headers: Headers, payload: bytes) -> bytes:
    parts = []
    for name, value in headers.items():
        parts.append(bytes([len(name)]) + name.encode())
        if isinstance(value, int):
            parts.append(b"\x04" + struct.pack(">i", value))
        else:
            parts.append(b"\x07" + struct.pack(">H", len(value)) + value.encode())
    written = b"".join(parts)
    prelude = struct.pack(">II", 16 + len(written) + len(payload), len(written))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + written + payload
    return message + struct.pack(">I", zlib.crc32(message))


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = stream.read(size)
    if len(found) < size:
        raise EOFError
    return found
