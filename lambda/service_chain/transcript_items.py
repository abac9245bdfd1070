"""Read parts of Transcribe's output, which a file from elsewhere may lack or have otherwise."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from service_chain.graphemes import composed


def spoken_of(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """List the items that are words, not marks."""
    return [item for item in items if item.get("type") != "punctuation"]


def content_of(item: Mapping[str, Any]) -> str:
    """Read what an item says, letters and accents put together; "" where it says nothing."""
    content = as_dict(first(item.get("alternatives"))).get("content")
    return composed(content) if isinstance(content, str) else ""


def number_of(value: object) -> float | None:
    """Read a number, which Transcribe writes as text; None where there is none."""
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def first(value: object) -> object:
    """Take the first of a list; None where there is none."""
    return value[0] if isinstance(value, list) and value else None


def as_dict(value: object) -> dict[str, Any]:
    """Take an object as it is; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def as_dicts(value: object) -> list[dict[str, Any]]:
    """Take the objects of a list; none where there is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
