"""A request that is refused: its status, and one line that holds nothing of what was sent. Pure."""

import json
from http import HTTPStatus


class RefusedRequestError(Exception):
    """A request that a model cannot answer; ``reason`` may be told to anybody."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason

    def body(self) -> bytes:
        """Write the answer: an object of JSON in one line."""
        return json.dumps({"error": self.reason}).encode()


def bad_request(reason: str) -> RefusedRequestError:
    """Say what is wrong with a body."""
    return RefusedRequestError(HTTPStatus.BAD_REQUEST, reason)
