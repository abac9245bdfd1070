"""Hold calls to a steady rate."""

import math
from collections.abc import Callable


class Pacer:
    """Lets calls through one by one: in any ``t`` seconds at most ``calls_per_second * t + 1``."""

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

    def take_turn(self, before: float) -> bool:
        """Wait for the next turn; False at once if that would not come ``before`` a time."""
        if max(self._clock(), self._next_turn) >= before:
            return False
        while (wait := self._next_turn - self._clock()) > 0:
            self._sleep(wait)
        self._next_turn = self._clock() + self._interval
        return True
