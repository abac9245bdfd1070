"""Messages that were received, or sent with a delay, become visible without anybody waiting."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from sandbox.core import in_flight
from sandbox.core.upstream import concurrency
from sandbox.services.sqs.upstream import sqs

# What passes from thread to thread may for a moment be nowhere: it must be quiet at every look.
_LOOKS, _BETWEEN = 6, 0.05


async def pass_time() -> dict[str, Any]:
    """Let as much time pass for hidden messages as the next of them needs to become visible.

    Only while nothing is under way: else ``under_way`` of the answer says what is, and ``seconds``
    is 0. Clocks are not touched: what was to become visible in 60 s does so in 60 s less.
    """
    for look in range(_LOOKS):
        if busy := in_flight.under_way():
            return {"seconds": 0.0, "under_way": busy}
        if look < _LOOKS - 1:
            await asyncio.sleep(_BETWEEN)
    with sqs._queues_lock:
        messages = [m for queue in sqs._queues._data.values() for m in queue["messages"]]
        seconds = bring_forward(messages, time.time())
    concurrency.esm_wake.set()
    return {"seconds": seconds, "under_way": {}}


def bring_forward(messages: Iterable[dict[str, Any]], now: float) -> float:
    """Move all that is hidden so much closer that the next becomes visible now; give the seconds.

    All move alike: what is to become visible later than another still does, by as much.
    """
    hidden = [message for message in messages if message["visible_at"] > now]
    earliest: float = min((message["visible_at"] for message in hidden), default=now)
    for message in hidden:
        message["visible_at"] = now + (message["visible_at"] - earliest)
    return earliest - now
