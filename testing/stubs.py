"""An AWS that answers as a test says, and checks the shape of all that it is asked."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import boto3
from botocore.stub import Stubber

KEYS = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}


def clients_of(*services: str) -> dict[str, Any]:
    """Make real clients, which a Stubber can be put on and taken off; it is slow."""
    return {name: boto3.client(name, region_name="eu-west-1", **KEYS) for name in services}


class Kept:
    """Equals anything, and keeps what it was compared with."""

    value: Any = None

    def __eq__(self, other: object) -> bool:
        self.value = other
        return True

    def __hash__(self) -> int:
        return id(self)

    def json(self) -> Any:
        """Read what was kept as JSON."""
        return json.loads(self.value)

    def rows(self) -> list[dict[str, str]]:
        """Read what was kept as CSV."""
        return list(csv.DictReader(io.StringIO(self.value.decode(), newline="")))


class Stubs:
    """Services that answer in the order in which a test says so, each on its own."""

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self.stubs = {service: Stubber(client) for service, client in clients.items()}

    @contextmanager
    def active(self) -> Iterator[None]:
        """Answer instead of AWS; in the end, all that was announced must have happened."""
        with ExitStack() as stack:
            for stub in self.stubs.values():
                stack.enter_context(stub)
            yield
            for stub in self.stubs.values():
                stub.assert_no_pending_responses()

    def answers(self, operation: str, reply: Mapping[str, Any], request: Any = None) -> None:
        """Let the next call of an operation have this reply, where it asks for this."""
        self._stub(operation).add_response(operation, reply, request)

    def fails(self, operation: str, code: str, message: str = "", status: int = 400) -> None:
        """Let the next call of an operation fail."""
        self._stub(operation).add_client_error(operation, code, message, status)

    def forget(self, service: str) -> None:
        """Take back what a service was told and not asked for."""
        client = self.stubs[service].client
        self.stubs[service].deactivate()
        self.stubs[service] = Stubber(client)
        self.stubs[service].activate()

    def _stub(self, operation: str) -> Stubber:
        return next(stub for stub in self.stubs.values() if hasattr(stub.client, operation))
