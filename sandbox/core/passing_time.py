"""Skip to the next moment that somebody waits for, while nothing is under way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core import in_flight
from sandbox.core.clock import CLOCK

# What passes from thread to thread may for a moment be nowhere: it must be quiet at every look.
_LOOKS, _BETWEEN = 3, 0.008
_LONGEST_SECONDS = 0.25

_hurdles: list[Callable[[], Awaitable[None]]] = []


def hurdle(taken: Callable[[], Awaitable[None]]) -> None:
    """Have ``taken()`` awaited before each look: what it waits for has begun by then."""
    _hurdles.append(taken)


async def pass_time() -> dict[str, Any]:
    """Skip to the next moment that somebody waits for; ``seconds`` says how far that was.

    Nothing is skipped when anything was under way: the caller waits until it is over, for a
    quarter of a second at the most, to look whether that is what it waits for. ``under_way``
    counts what is, by what it is.
    """
    busy = await _looks()
    if not busy:
        return {"seconds": CLOCK.skip(), "under_way": {}}
    until = time.monotonic() + _LONGEST_SECONDS
    while busy and time.monotonic() < until:
        await asyncio.sleep(_BETWEEN)
        busy = await _looks()
    return {"seconds": 0.0, "under_way": busy}


async def _looks() -> dict[str, int]:
    """Count what is under way at any of some looks; empty when it is quiet at all."""
    for _ in range(_LOOKS):
        for taken in _hurdles:
            await taken()
        await asyncio.sleep(_BETWEEN)
        if busy := in_flight.under_way():
            return busy
    return {}
