"""The shape of a request, as API Gateway checks it before anything runs; the function says more."""

from typing import Any

MOST_ROWS = 100
LONGEST_KEY = 256
# JSON Schema draft 4 is what API Gateway knows.
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
