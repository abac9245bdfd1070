"""Map Runs that are open in an account and Region: those beyond its quota wait for others."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sandbox.core import account
from sandbox.core.upstream import responses

Place = tuple[str, str]

_open: Counter[Place] = Counter()
_waiting: dict[Place, deque["asyncio.Future[None]"]] = {}


@asynccontextmanager
async def opened() -> AsyncIterator[None]:
    """Wait until one more Map Run may be open, and count it; who came first goes first."""
    place = (responses.get_account_id(), responses.get_region())
    queue = _waiting.setdefault(place, deque())
    if queue or not _has_room(place):
        await _turn(place, queue)
    else:
        _open[place] += 1
    try:
        yield
    finally:
        _close(place)


async def _turn(place: Place, queue: deque["asyncio.Future[None]"]) -> None:
    turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    queue.append(turn)
    try:
        await turn  # whoever ends it counts its Map Run
    except asyncio.CancelledError:
        if turn in queue:
            queue.remove(turn)
        elif not turn.cancelled():
            _close(place)
        raise


def _has_room(place: Place) -> bool:
    return _open[place] < account.granted("open_map_runs")


def _close(place: Place) -> None:
    _open[place] -= 1
    queue = _waiting[place]
    while queue and _has_room(place):
        _open[place] += 1
        queue.popleft().set_result(None)
