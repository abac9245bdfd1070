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
_at_last_answer: int | None = None  # how much had moved, where it was quiet


def hurdle(taken: Callable[[], Awaitable[None]]) -> None:
    """Have ``taken()`` awaited before each look: what it waits for has begun by then."""
    _hurdles.append(taken)


async def pass_time() -> dict[str, Any]:
    """Skip to the next moment that somebody waits for; ``seconds`` says how far that was.

    Nothing is skipped when anything is under way, or has moved since the last answer: the caller
    may have looked before it did. Then, and after a skip, the answer comes when all is quiet,
    after a quarter of a second at the latest. ``under_way`` counts what still is, by what it is.
    """
    global _at_last_answer
    is_new, seconds = in_flight.stirred() != _at_last_answer, 0.0
    busy, until = await _looks(), time.monotonic() + _LONGEST_SECONDS
    if not busy and not is_new:
        # In a thread: who looks before a skip may call services, which this loop serves.
        seconds = await asyncio.to_thread(CLOCK.skip)
    while (busy or seconds) and (busy := await _looks()) and time.monotonic() < until:
        await asyncio.sleep(_BETWEEN)
    _at_last_answer = None if busy else in_flight.stirred()
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
