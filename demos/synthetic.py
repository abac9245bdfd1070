"""Read from replies what the sandbox made up."""

from collections.abc import Iterable, Mapping
from typing import Any


def header(reply: Mapping[str, Any], name: str) -> str:
    """Return a header of a reply, or nothing."""
    value: str = reply["ResponseMetadata"]["HTTPHeaders"].get(name, "")
    return value


def synthetic(replies: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Name the parts of the replies that the sandbox marks as made up, each once."""
    marks = (header(reply, "x-sandbox-synthetic").split(",") for reply in replies)
    return tuple(dict.fromkeys(name for names in marks for name in names if name))
