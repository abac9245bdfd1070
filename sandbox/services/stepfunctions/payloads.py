"""JSON as Step Functions passes it on, within the size that it passes on."""

import json
from typing import Any

from sandbox.services.stepfunctions.failures import TOO_LARGE, StateError

LARGEST_BYTES = 262_144  # of any input, output or result, as UTF-8


def as_text(value: Any) -> str:
    """Write a value as Step Functions does: compact, and readable in any script."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def is_too_large(text: str) -> bool:
    """Tell whether a JSON text is more than Step Functions carries."""
    return len(text) * 4 > LARGEST_BYTES and len(text.encode()) > LARGEST_BYTES


def fitting(value: Any, who: str) -> str:
    """Write a value that a state or task hands over; raises `StateError` when it is too large."""
    text = as_text(value)
    if is_too_large(text):
        raise StateError(
            TOO_LARGE,
            f"The state/task '{who}' returned a result with a size exceeding the maximum number "
            "of bytes service limit.",
        )
    return text
