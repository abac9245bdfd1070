"""The shape of a request, as API Gateway checks it before anything runs; the function says more."""

from typing import Any

MOST_ROWS = 100
LONGEST_KEY = 256
# JSON Schema draft 4 is what API Gateway knows.
VERSION = "^v[1-9][0-9]{0,8}$"
REQUEST: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "title": "Request",
    "type": "object",
    "required": ["rows"],
    "additionalProperties": False,
    "properties": {
        "rows": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ROWS,
            "items": {"type": "object", "minProperties": 1},
        },
        "key": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    },
}


def request_of(kind: str) -> dict[str, Any]:
    """Return the shape for a kind of hosting: an endpoint of many models is told which."""
    if kind != "multi-model":
        return REQUEST
    named = {"type": "string", "pattern": VERSION}
    return {
        **REQUEST,
        "required": ["rows", "model"],
        "properties": {**REQUEST["properties"], "model": named},
    }
