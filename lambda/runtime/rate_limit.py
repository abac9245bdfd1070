"""Hold calls to a steady rate, whichever thread makes them."""

import math
from collections.abc import Callable
from threading import Lock


class RateLimiter:
    """Lets calls through one by one: in any ``t`` seconds at most ``calls_per_second * t + 1``.

    A quota is a promise of the account, not of one function, so there is no burst to save up.
    """

    def __init__(
        self,
        calls_per_second: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._interval = 1 / calls_per_second
        self._clock = clock
        self._sleep = sleep
        self._next_turn = -math.inf
        self._lock = Lock()

    def acquire(self, before: float) -> bool:
        """Wait for this caller's turn; False at once if that would not come ``before`` a time.

        The lock is held while waiting: a thread that wakes up late delays those behind it,
        where turns handed out in advance would let them through in a bunch.
        """
        with self._lock:
            if max(self._clock(), self._next_turn) >= before:
                return False
            while (wait := self._next_turn - self._clock()) > 0:
                self._sleep(wait)
            self._next_turn = self._clock() + self._interval
            return True
