"""How Transcribe says no, and how it lists."""

from typing import Any

from sandbox.core.emulator import ServiceError


def bad_request(message: str) -> ServiceError:
    """Make the error that Transcribe has for nearly everything."""
    return ServiceError("BadRequestException", message)


def page(request: dict[str, Any], name: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Cut out the page that is asked for, and say where the next one begins."""
    token, most = request.get("NextToken") or "0", request.get("MaxResults") or 100
    if not token.isdigit():
        raise bad_request("The NextToken that you provided is invalid.")
    end = int(token) + most
    following = {"NextToken": str(end)} if end < len(found) else {}
    return {name: found[int(token) : end], **following}
