"""What API Gateway hands to a function behind it, and takes from it. Pure."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from model_hosting.prediction_request import RefusedError


def headers_of(event: Mapping[str, Any]) -> dict[str, str]:
    """Read the headers, as they are spelled."""
    return {name: value for name, value in (event.get("headers") or {}).items() if value}


def body_of(event: Mapping[str, Any]) -> bytes:
    """Read the body; raises RefusedError, 400, for one that is not as the event says."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise RefusedError(400, "the body is not base64; send JSON as it is") from None


def response(status: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """Write an answer of JSON, which nobody may keep or take for anything else."""
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
        "body": json.dumps(told),
    }
