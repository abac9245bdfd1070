"""Lists in pages, as Glue gives them."""

from collections.abc import Sequence
from typing import Any

from sandbox.core.emulator import ServiceError
from sandbox.services.glue.operations import Request

_MOST = 100


def page(name: str, found: Sequence[Any], request: Request) -> dict[str, Any]:
    """Give a page of what was found, and where the next one starts."""
    token = str(request.get("NextToken") or "0")
    if not token.isdigit():
        raise ServiceError("InvalidInputException", f"NextToken {token} was not given out here")
    start, most = int(token), int(request.get("MaxResults") or _MOST)
    shown = {name: list(found[start : start + most])}
    return shown | ({"NextToken": str(start + most)} if start + most < len(found) else {})
