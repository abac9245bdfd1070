"""A model of as many columns as the lake has features: what is asked of it, in which forms."""

import json
from collections.abc import Sequence

import numpy as np

COLUMNS, TREES, DEPTH = 17, 100, 5
# Numbers alone, as the toolkit's own readers take nothing else, and none that is missing.
NAMES = [f"feature_{place:02}" for place in range(COLUMNS)]


def rows(count: int) -> list[list[float]]:
    """Make rows of numbers with a few digits."""
    drawn: list[list[float]] = (
        np.random.default_rng(2).normal(size=(count, COLUMNS)).round(4).tolist()
    )
    return drawn


def by_name(row: Sequence[float]) -> bytes:
    """Write a row as our handlers take it."""
    return json.dumps(dict(zip(NAMES, row, strict=True))).encode()


def by_place(row: Sequence[float]) -> bytes:
    """Write a row as the toolkit reads it, which knows no names."""
    return json.dumps([row]).encode()


def lines(found: Sequence[Sequence[float]]) -> bytes:
    """Write rows as CSV without a header, which both take."""
    return "".join(",".join(map(str, row)) + "\n" for row in found).encode()
