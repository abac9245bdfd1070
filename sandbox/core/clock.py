"""The one clock of all services: the machine's, and ahead of it by what was skipped."""

import asyncio
import heapq
import itertools
import threading
import time as machine
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.core import in_flight

Seconds = Callable[[], float | None]


class Timer:
    """A call that is due at a moment, until it is cancelled."""

    def __init__(self, moment: float, call: Callable[[], object]) -> None:
        self.moment, self.call, self.is_cancelled = moment, call, False

    def cancel(self) -> None:
        """Do not call."""
        self.is_cancelled = True


class Clock:
    """Tells the time, calls at a moment, and skips to the next moment that somebody waits for.

    It stands in for the module ``time`` too: what it does not have is the machine's.
    """

    def __init__(self) -> None:
        self.skipped = 0.0  # seconds, ever
        self._waits: list[Seconds] = []
        self._befores: list[Callable[[], object]] = []
        self._wakes: list[Callable[[], object]] = []
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._caller: threading.Thread | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(machine, name)

    def time(self) -> float:
        """Tell the time of day, in seconds since 1970."""
        return machine.time() + self.skipped

    def monotonic(self) -> float:
        """Tell the seconds since some moment."""
        return machine.monotonic() + self.skipped

    def now(self) -> datetime:
        """Tell the time of day."""
        return datetime.fromtimestamp(self.time(), UTC)

    def watch(self, seconds: Seconds) -> None:
        """Have ``seconds()`` asked how long it is until somebody's next moment, None for none."""
        self._waits.append(seconds)

    def before_skip(self, look: Callable[[], object]) -> None:
        """Have ``look()`` called before time is skipped: what it would see may be over then."""
        self._befores.append(look)

    def after_skip(self, wake: Callable[[], object]) -> None:
        """Have ``wake()`` called after time was skipped."""
        self._wakes.append(wake)

    def skip(self) -> float:
        """Go on to the next moment that somebody waits for; gives the seconds skipped."""
        if not self._to_next():
            return 0.0
        for look in self._befores:
            look()
        seconds = self._to_next()  # looking took time
        self.skipped += seconds
        with self._changed:
            self._changed.notify_all()
        for wake in self._wakes:
            wake()
        return seconds

    def later(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Call after so long, in a thread of its own."""
        with self._changed:
            timer = Timer(self.monotonic() + seconds, call)
            heapq.heappush(self._timers, (timer.moment, next(self._numbers), timer))
            if self._caller is None:
                self._caller = threading.Thread(target=self._run, name="sandbox-clock", daemon=True)
                self._caller.start()
            self._changed.notify_all()
        return timer

    def due(self) -> int:
        """Count the calls whose moment has come, and which have not begun."""
        seconds = self._next()
        return int(seconds is not None and seconds <= 0)

    def rest(self, seconds: float) -> None:
        """Let a thread wait; the work that it does is not under way meanwhile."""
        over = threading.Event()
        self.later(seconds, over.set)
        with in_flight.resting():
            over.wait()

    async def pause(self, seconds: float) -> None:
        """Let a coroutine wait; the work that it does is not under way meanwhile."""
        loop = asyncio.get_running_loop()
        over = asyncio.Event()
        timer = self.later(seconds, lambda: loop.call_soon_threadsafe(over.set))
        try:
            with in_flight.resting():
                await over.wait()
        finally:
            timer.cancel()

    def _to_next(self) -> float:
        waits = [wait() for wait in (*self._waits, self._next)]
        return max(0.0, min((wait for wait in waits if wait is not None), default=0.0))

    def _next(self) -> float | None:
        with self._changed:
            while self._timers and self._timers[0][2].is_cancelled:
                heapq.heappop(self._timers)
            return self._timers[0][0] - self.monotonic() if self._timers else None

    def _run(self) -> None:
        with self._changed:
            while True:
                seconds = self._next()
                if seconds is None or seconds > 0:
                    self._changed.wait(seconds)
                    continue
                # It is a thread before it is no timer any more: at no moment it is neither.
                threading.Thread(target=self._timers[0][2].call, daemon=True).start()
                heapq.heappop(self._timers)


CLOCK = Clock()
