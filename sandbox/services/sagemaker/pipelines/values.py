"""What a definition refers to, and the values that stand for it once they are known."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_PART = re.compile(r"([^.\[\]]+)|\[\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))\s*\]")
# How an entry of a list is named between brackets.
_NAMES = ("OutputName", "InputName", "ChannelName", "MetricName", "Name")
_JOIN, _JSON_GET = "Std:Join", "Std:JsonGet"


class MissingError(Exception):
    """There is no such value; the message says where it was looked for."""


# From a property file, ``Steps.Evaluate.PropertyFiles.Report``, to what it holds.
ReadFile = Callable[[str], Any]


def is_function(value: Any) -> bool:
    """Tell whether a value stands for another one, which is known only later."""
    return isinstance(value, dict) and set(value) in ({"Get"}, {_JOIN}, {_JSON_GET})


def references(value: Any) -> list[str]:
    """List what a value refers to, such as ``Parameters.Days``; functions are looked into."""
    return list(_references(value))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) == {"Get"} and isinstance(value["Get"], str):
            yield value["Get"]
            return
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def resolved(value: Any, known: Mapping[str, Any], read: ReadFile) -> Any:
    """Put values in the place of references and functions; raises MissingError."""
    if isinstance(value, list):
        return [resolved(inner, known, read) for inner in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        return looked_up(known, str(value["Get"]))
    if set(value) == {_JOIN}:
        given = value[_JOIN]
        parts = (resolved(part, known, read) for part in given["Values"])
        return str(given.get("On", "")).join(map(_text, parts))
    if set(value) == {_JSON_GET}:
        given = value[_JSON_GET]
        place = given.get("PropertyFile", given.get("S3Uri"))
        found = read(str(place["Get"] if isinstance(place, dict) and "Get" in place else place))
        return looked_up(found, str(given["Path"]))
    return {name: resolved(inner, known, read) for name, inner in value.items()}


def looked_up(known: Any, path: str) -> Any:
    """Follow a path such as ``Outputs['train'].S3Output.S3Uri`` into what is known."""
    found = known
    for word, *quoted in _PART.findall(path):
        key = word or next((part for part in quoted if part), "")
        found = _entry(found, key, path)
    return found


def _entry(found: Any, key: str, path: str) -> Any:
    if isinstance(found, Mapping) and key in found:
        return found[key]
    if isinstance(found, list):
        if key.isdecimal() and int(key) < len(found):
            return found[int(key)]
        for entry in found:
            if isinstance(entry, Mapping) and key in [entry.get(name) for name in _NAMES]:
                return entry
    raise MissingError(f"there is no {key} on the way to {path}")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
