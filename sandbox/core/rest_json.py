"""Requests of REST services: which operation one is, and its members wherever they travel."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from sandbox.core import service_models
from sandbox.core.emulator import ServiceError

_LABEL = re.compile(r"\{(\w+)(\+?)\}")


class Routes:
    """The operations that are served of a service, by method and path, as AWS's model has them.

    ``title`` is the service's name for people.
    """

    def __init__(self, service: str, title: str, operations: Iterable[str]) -> None:
        model = service_models.model(service)
        self._title = title
        self._served = {name: model.operation_model(name) for name in sorted(operations)}
        # A path that says more comes first: `components/{arn}/versions` before `components/{arn}`.
        self._routes = sorted(
            ((found.http["method"], found.http["requestUri"], name)
             for name, found in self._served.items()),
            key=lambda route: -route[1].count("/"),
        )  # fmt: skip

    def request(
        self, method: str, path: str, body: bytes | str, query: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        """Find the operation and its members; raises ServiceError where there is none."""
        for verb, uri, name in self._routes:
            match = _pattern(uri).fullmatch(path.rstrip("/"))
            if match and verb == method:
                labels = {label: unquote(text) for label, text in match.groupdict().items()}
                shape = self._served[name].input_shape
                return name, dict(_members(shape, labels, _parsed(body), query))
        raise ServiceError(
            "UnknownOperationException",
            f"the sandbox's {self._title} does not have {method} {path}; "
            f"it has {', '.join(self._served)}",
        )


def _pattern(uri: str) -> re.Pattern[str]:
    literal = (re.escape(text) for text in _LABEL.split(uri)[::3])
    labels = (f"(?P<{name}>{'.+' if greedy else '[^/]+'})" for name, greedy in _LABEL.findall(uri))
    parts = [next(literal)]
    for label in labels:
        parts += [label, next(literal)]
    return re.compile("".join(parts).rstrip("/"))


def _members(
    shape: Any, labels: Mapping[str, str], body: Mapping[str, Any], query: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        there = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                yield name, labels[there]
            case "querystring" if there in query:
                yield name, _read(member, query[there])
            case None if body.get(there) is not None:
                yield name, body[there]


def _read(shape: Any, given: Any) -> Any:
    """Read a member from the query, where all is text; what is none stays as it is, and is told."""
    values = given if isinstance(given, list) else [given]
    if shape.type_name == "list":
        return [_read(shape.member, [value]) for value in values]
    text = str(values[0])
    match shape.type_name:
        case "integer" | "long" if text.removeprefix("-").isdecimal():
            return int(text)
        case "boolean":
            return text == "true"
    return text


def _parsed(body: bytes | str) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as error:
        raise ServiceError("SerializationException", f"the body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ServiceError("SerializationException", "the body is not a JSON object")
    return parsed
