"""How often each API action was called, and how many calls fell within one second at the most."""

import threading
from collections import deque
from collections.abc import Callable

from sandbox.core.clock import CLOCK

SECOND = 1.0


class CallCounts:
    """Counts of calls, by IAM action."""

    def __init__(self, clock: Callable[[], float] = CLOCK.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: dict[str, int] = {}
        self._peaks: dict[str, int] = {}
        self._latest: dict[str, deque[float]] = {}  # the moments of the last second, oldest first

    def add(self, action: str) -> None:
        """Count one call, now."""
        with self._lock:
            now = self._clock()
            latest = self._latest.setdefault(action, deque())
            latest.append(now)
            while latest[0] <= now - SECOND:
                latest.popleft()
            self._calls[action] = self._calls.get(action, 0) + 1
            self._peaks[action] = max(self._peaks.get(action, 0), len(latest))

    @property
    def calls(self) -> dict[str, int]:
        """All calls so far."""
        with self._lock:
            return dict(sorted(self._calls.items()))

    @property
    def peaks(self) -> dict[str, int]:
        """The most calls that any one second held, wherever it began."""
        with self._lock:
            return dict(sorted(self._peaks.items()))

    def clear(self) -> None:
        """Count from zero again."""
        with self._lock:
            for counts in (self._calls, self._peaks, self._latest):
                counts.clear()
