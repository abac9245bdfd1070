"""What an API function of the emulator answers to a resource of a template that calls it."""

import json
from typing import Any

Reply = tuple[int, Any, bytes]


def result_of(reply: Reply) -> dict[str, Any]:
    """Read a reply; raises ValueError with its text when it is an error."""
    if reply[0] >= 300:
        raise ValueError(text_of(reply))
    parsed: dict[str, Any] = json.loads(reply[2] or b"{}")
    return parsed


def text_of(reply: Reply) -> str:
    """Read a reply as text."""
    return reply[2].decode(errors="replace")
