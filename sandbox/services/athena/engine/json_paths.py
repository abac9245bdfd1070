"""JSON as Trino reads it: paths, scalars, lengths."""

import functools
import json
import re
from typing import Any

from sandbox.services.athena.engine.errors import tagged

_STEP = re.compile(
    r"\.([^\s.\[\]\"']+)|\[\s*(\d+)\s*\]|\[\s*[\"']((?:[^\"'\\]|\\.)*)[\"']\s*\]|(\.\.|\*|\[)"
)


@functools.lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str | int, ...]:
    if not path.startswith("$"):
        path = f"$.{path}"
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        found = _STEP.match(path, at)
        if not found or found[1] == "*":
            raise tagged("INVALID_FUNCTION_ARGUMENT", f"Invalid JSON path: '{path}'")
        if found[4]:
            message = f"the sandbox's Athena does not carry the JSON path {path} yet"
            raise tagged("NOT_SUPPORTED", message)
        steps.append(int(found[2]) if found[2] else found[1] or found[3])
        at = found.end()
    return tuple(steps)


_NOTHING = object()


def _walk(text: str, path: str) -> Any:
    steps = _steps(path)
    try:
        node = json.loads(text, parse_float=_Number)
    except ValueError:
        return _NOTHING
    for step in steps:
        if isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        elif isinstance(node, dict) and str(step) in node:
            node = node[str(step)]
        else:
            return _NOTHING
    return node


class _Number(float):
    """A number that remembers how it was written."""

    def __new__(cls, text: str) -> "_Number":
        made = super().__new__(cls, text)
        made.text = text
        return made

    text: str

    def __repr__(self) -> str:
        return self.text


def json_scalar(text: str, path: str) -> str | None:
    """Extract a scalar as text; NULL for an object, an array, a null or a missing value."""
    node = _walk(text, path)
    if node is _NOTHING or node is None or isinstance(node, dict | list):
        return None
    if isinstance(node, bool):
        return "true" if node else "false"
    return node.text if isinstance(node, _Number) else str(node)


def json_extract(text: str, path: str) -> str | None:
    """Extract a value as JSON."""
    node = _walk(text, path)
    return None if node is _NOTHING else _dump(node)


def _dump(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def json_length(text: str) -> int | None:
    """Count an array's elements; NULL for what is not an array."""
    node = _walk(text, "$")
    return len(node) if isinstance(node, list) else None


def json_size(text: str, path: str) -> int | None:
    """Count the members at a path; 0 for a scalar."""
    node = _walk(text, path)
    if node is _NOTHING:
        return None
    return len(node) if isinstance(node, dict | list) else 0


def json_is_scalar(text: str) -> bool:
    """Tell whether it is a number, a text, a boolean or null."""
    node = _walk(text, "$")
    return node is not _NOTHING and not isinstance(node, dict | list)


def json_text(text: str) -> str | None:
    """Cast JSON to varchar: a scalar's own text."""
    if not json_is_scalar(text):
        raise tagged("INVALID_CAST_ARGUMENT", f"Cannot cast '{text}' to VARCHAR")
    return json_scalar(text, "$")


def canonical(text: str) -> str:
    """Parse and write again, keys in order, as Trino's JSON type holds it."""
    try:
        node = json.loads(text, parse_float=_Number)
    except ValueError as error:
        raise tagged(
            "INVALID_FUNCTION_ARGUMENT", f"Cannot convert value to JSON: '{text}'"
        ) from error
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
