"""Lists in pages, as Greengrass gives them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.emulator import ServiceError

_MOST = 50  # where a request says nothing


def page(request: Mapping[str, Any], member: str, found: Sequence[Any]) -> dict[str, Any]:
    """Give a page of what was found as ``member``, and where the next one starts."""
    token = str(request.get("nextToken") or "0")
    if not token.isdecimal() or int(token) > len(found):
        raise ServiceError("ValidationException", f"nextToken is {token!r}, which no page gave")
    start = int(token)
    end = start + int(request.get("maxResults") or _MOST)
    shown: dict[str, Any] = {member: found[start:end]}
    return shown | ({"nextToken": str(end)} if end < len(found) else {})
