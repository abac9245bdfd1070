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
        self._begun = set[int]()  # the numbers of calls that are over, or being made
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
        number = next(self._numbers)

        def begin(*given: *Ts) -> None:
            self._begun.add(number)
            callback(*given)

        handle = super().call_at(when, begin, *args, context=context)
        with self._changing:
            self._forget_what_is_over()
            heapq.heappush(self._moments, (when, number, handle))
        return handle

    def seconds_to_next(self) -> float | None:
        """Tell how long it is until the next call, None when there is none.

        It is not over at its moment, but when it has begun: the loop may not have woken up yet.
        """
        with self._changing:
            self._forget_what_is_over()
            return self._moments[0][0] - self.time() if self._moments else None

    def _forget_what_is_over(self) -> None:
        while self._moments:
            _, number, handle = self._moments[0]
            if number not in self._begun and not handle.cancelled():
                return
            self._begun.discard(number)
            heapq.heappop(self._moments)

    def busy(self) -> int:
        """Tell whether anything is being done on it, or is about to be."""
        seconds = self.seconds_to_next()
        return int(not self._waiting.rests or (seconds is not None and seconds <= 0))

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
