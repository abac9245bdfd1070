"""A results bucket in memory, behind a client that checks what it is asked."""

import io
import json
from types import SimpleNamespace
from typing import Any, Self

from botocore.response import StreamingBody


class ResultsBucket:
    """Objects by key, and refusals by key in ``denied``; put as a context around the calls."""

    def __init__(self, s3: Any) -> None:
        self.objects: dict[str, bytes] = {}
        self.denied: dict[str, str] = {}
        self._events = s3.meta.events

    def __enter__(self) -> Self:
        self._events.register_last("before-parameter-build.s3", self._hear)
        self._events.register_first("before-call.s3", self._answer)
        return self

    def __exit__(self, *problem: object) -> None:
        self._events.unregister("before-parameter-build.s3", self._hear)
        self._events.unregister("before-call.s3", self._answer)

    def put(self, key: str, value: Any) -> None:
        """Put an object: text as it is, a list as JSON lines, all else as JSON."""
        lines = value if isinstance(value, list) else [value]
        body = "".join(f"{json.dumps(line)}\n" for line in lines)
        self.objects[key] = (value if isinstance(value, str) else body).encode()

    def text(self, key: str) -> str:
        """Read an object as text."""
        return self.objects[key].decode()

    def json(self, key: str) -> Any:
        """Read an object as JSON."""
        return json.loads(self.objects[key])

    def lines(self, key: str) -> list[Any]:
        """Read an object as JSON lines, as a reader does that breaks lines wherever it may."""
        return [json.loads(line) for line in self.text(key).splitlines()]

    @staticmethod
    def _hear(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["said"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        said = context["said"]
        key = said["Key"]
        assert said["Bucket"] == "results"
        if key in self.denied:
            return _refusal(403, self.denied[key])
        if model.name == "GetObject":
            if key not in self.objects:
                return _refusal(404, "NoSuchKey")
            data = self.objects[key]
            return SimpleNamespace(status_code=200), {
                "Body": StreamingBody(io.BytesIO(data), len(data))
            }
        assert model.name == "PutObject", model.name
        if said.get("IfNoneMatch") == "*" and key in self.objects:
            return _refusal(412, "PreconditionFailed")
        body = said["Body"]
        self.objects[key] = body if isinstance(body, bytes) else body.read()
        return SimpleNamespace(status_code=200), {}


def _refusal(status: int, code: str) -> Any:
    answer = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {}}
    return SimpleNamespace(status_code=status), answer
