"""An event loop on the sandbox's clock, of which others see when it rests and until when."""

import asyncio
import contextvars
import heapq
import itertools
import selectors
import threading
from collections.abc import Callable
from typing import Any, TypeVarTuple

from sandbox.core.clock import CLOCK

Ts = TypeVarTuple("Ts")


class _Selector(selectors.DefaultSelector):
    """Knows whether its loop waits for something: a loop with work to do asks for no wait."""

    rests, turns = False, 0

    def select(self, timeout: float | None = None) -> Any:
        self.rests = timeout is None or timeout > 0
        try:
            return super().select(timeout)
        finally:
            self.rests, self.turns = False, self.turns + 1


class ClockLoop(asyncio.SelectorEventLoop):
    """Sleeps, time-outs and retries on it pass when the sandbox's clock says so."""

    def __init__(self) -> None:
        self._waiting = _Selector()
        self._moments: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = itertools.count()
        self._changing = threading.Lock()
        super().__init__(self._waiting)

    def time(self) -> float:
        """Tell the sandbox's time."""
        return CLOCK.monotonic()

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call at a moment, which others can ask for."""
        handle = super().call_at(when, callback, *args, context=context)
        with self._changing:
            heapq.heappush(self._moments, (when, next(self._numbers), handle))
        return handle

    def seconds_to_next(self) -> float | None:
        """Tell how long it is until the next call, None when there is none."""
        with self._changing:
            now = self.time()
            while self._moments and (self._moments[0][2].cancelled() or self._moments[0][0] <= now):
                heapq.heappop(self._moments)
            return self._moments[0][0] - now if self._moments else None

    def busy(self) -> int:
        """Tell whether anything is being done on it."""
        return int(not self._waiting.rests)

    def turns(self) -> int:
        """Count how often anything was to be done on it."""
        return self._waiting.turns

    def wake(self) -> None:
        """Look at the time again."""
        self.call_soon_threadsafe(lambda: None)

    async def caught_up(self) -> None:
        """Wait, on another loop, until all has begun that was handed to this one so far."""
        there = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self)
        await asyncio.wrap_future(there)
