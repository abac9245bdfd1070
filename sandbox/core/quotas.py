"""Requests per second of an account in a Region, as AWS counts them."""

import threading
from collections.abc import Callable, Hashable, Mapping

from sandbox.core.clock import CLOCK


class Quota:
    """Token buckets that hold one second's worth of requests each."""

    def __init__(self, clock: Callable[[], float] = CLOCK.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable, rate: float) -> bool:
        """Take one request from a bucket; False when there is none left."""
        now = self._clock()
        with self._lock:
            tokens, last = self._buckets.get(key, (max(1.0, rate), now))
            tokens = min(max(1.0, rate), tokens + (now - last) * rate)
            granted = tokens >= 1
            self._buckets[key] = (tokens - granted, now)
        return granted

    def reset(self) -> None:
        """Fill every bucket."""
        with self._lock:
            self._buckets.clear()


def read_rate(environment: Mapping[str, str], variable: str) -> float | None:
    """Read a rate that replaces AWS's default, None when the variable is not set.

    Raises ValueError when it is no number above 0.
    """
    text = environment.get(variable)
    if not text:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not rate > 0:
        raise ValueError(f"{variable} is {text!r}: give requests per second as a number above 0")
    return rate
