"""Callers of an API or of an endpoint itself, who sign what they ask as AWS wants it signed."""

import http.client
import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from sandbox.host.client import Sandbox

SECONDS = 60
JSON = {"Content-Type": "application/json"}


class Reply(NamedTuple):
    """What was answered; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class SignedConnection:
    """One connection that stays open, for one caller of one service."""

    def __init__(self, sandbox: Sandbox, service: str, host: str = "") -> None:
        self._server = urlsplit(sandbox.endpoint)
        self._host = host or self._server.netloc
        environment = sandbox.environment()
        session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_DEFAULT_REGION"],
        )
        self._signer = SigV4Auth(session.get_credentials(), service, session.region_name)
        self._connection: http.client.HTTPConnection | None = None

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str], *, signed: bool = True
    ) -> Reply:
        """Send a request and wait for its answer."""
        request = AWSRequest("POST", f"http://{self._host}{path}", data=body)
        for name, value in headers.items():
            request.headers[name] = value
        if signed:
            self._signer.add_auth(request)
        sent = {**dict(request.headers.items()), "Host": self._host}
        connection = self._open()
        connection.request("POST", path, body=body, headers=sent)
        reply = connection.getresponse()
        told = {name.lower(): value for name, value in reply.getheaders()}
        return Reply(reply.status, told, reply.read())

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None or self._connection.sock is None:
            self._connection = http.client.HTTPConnection(self._server.netloc, timeout=SECONDS)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._connection


class Caller:
    """Asks an API for predictions; ``url`` is the stack's output ``ApiUrl``."""

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        asked = urlsplit(url)
        # The emulator knows APIs by this name of theirs.
        api, server = asked.netloc.partition(".")[0], urlsplit(sandbox.endpoint)
        host = f"{api}.execute-api.{server.hostname}"
        self._path, self._connection = asked.path, SignedConnection(sandbox, "execute-api", host)

    def ask(
        self, rows: Sequence[Mapping[str, Any]], key: str | None = None
    ) -> tuple[int, Mapping[str, Any]]:
        """Send rows, under a key or none; gives the status and the answer."""
        return self.send(json.dumps({"rows": rows, **({"key": key} if key else {})}).encode())

    def send(
        self, body: bytes, *, signed: bool = True, content_type: str = "application/json"
    ) -> tuple[int, Any]:
        """Send a body as it is, as a caller of the account or as nobody."""
        headers = {"Content-Type": content_type}
        reply = self._connection.post(self._path, body, headers, signed=signed)
        return reply.status, json.loads(reply.body)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class EndpointCaller:
    """Asks an endpoint itself, as InvokeEndpoint does, at a fraction of what an SDK takes."""

    def __init__(self, sandbox: Sandbox, endpoint: str) -> None:
        self._path = f"/endpoints/{endpoint}/invocations"
        self._connection = SignedConnection(sandbox, "sagemaker")

    def ask(self, body: bytes, target: str = "") -> tuple[int, str]:
        """Send rows, to one variant or whoever is chosen; gives the status and who answered."""
        target_of = {"X-Amzn-SageMaker-Target-Variant": target} if target else {}
        reply = self._connection.post(self._path, body, {**JSON, **target_of})
        return reply.status, reply.headers.get("x-amzn-invoked-production-variant", "")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
