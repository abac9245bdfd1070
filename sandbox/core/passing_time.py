"""Skip to the next moment that somebody waits for, while nothing is under way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core import in_flight
from sandbox.core.clock import CLOCK

# What passes from thread to thread may for a moment be nowhere: it must be quiet at every look.
_LOOKS, _BETWEEN = 3, 0.006
_LONGEST_SECONDS = 0.25

_hurdles: list[Callable[[], Awaitable[None]]] = []


def hurdle(taken: Callable[[], Awaitable[None]]) -> None:
    """Have ``taken()`` awaited before each look: what it waits for has begun by then."""
    _hurdles.append(taken)


async def pass_time() -> dict[str, Any]:
    """Skip to the next moment that somebody waits for; ``seconds`` says how far that was.

    Nothing is skipped when anything is under way. Then, and after a skip, the answer comes when
    all is quiet, so that the caller looks before more is skipped; after a quarter of a second at
    the latest. ``under_way`` counts what still is, by what it is.
    """
    busy, until = await _looks(), time.monotonic() + _LONGEST_SECONDS
    # In a thread: who looks before a skip may call services, which this loop serves.
    seconds = 0.0 if busy else await asyncio.to_thread(CLOCK.skip)
    if busy or seconds:
        while (busy := await _looks()) and time.monotonic() < until:
            await asyncio.sleep(_BETWEEN)
    return {"seconds": seconds, "under_way": busy}


async def _looks() -> dict[str, int]:
    """Count what is under way at any of some looks; empty when it is quiet at all."""
    for _ in range(_LOOKS):
        for taken in _hurdles:
            await taken()
        await asyncio.sleep(_BETWEEN)
        if busy := in_flight.under_way():
            return busy
    return {}
