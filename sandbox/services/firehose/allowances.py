"""How fast records may be put directly: what a stream takes within a second."""

import threading
from collections.abc import Callable
from typing import NamedTuple

from sandbox.core.clock import CLOCK

# https://docs.aws.amazon.com/firehose/latest/dev/limits.html
_MIB = 1024 * 1024


class Rates(NamedTuple):
    """Requests, records and bytes per second."""

    requests: float
    records: float
    bytes: float


_LARGE = Rates(2_000, 500_000, 5 * _MIB)
_SMALL = Rates(1_000, 100_000, _MIB)
_LARGE_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


def rates_of(region: str) -> Rates:
    """Tell what a Region grants before anybody asks for more."""
    return _LARGE if region in _LARGE_REGIONS else _SMALL


class Allowance:
    """What a stream may still take: at most what a second brings."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = CLOCK.monotonic) -> None:
        self.rates = rates
        self._clock, self._lock = clock, threading.Lock()
        self._left, self._at = list(rates), clock()

    def take(self, *, requests: int = 0, records: int = 0, size: int = 0) -> bool:
        """Take all of it, or nothing; False for nothing."""
        asked = (requests, records, size)
        with self._lock:
            now = self._clock()
            passed, self._at = now - self._at, now
            refilled = (
                min(rate, left + passed * rate)
                for left, rate in zip(self._left, self.rates, strict=True)
            )
            self._left = list(refilled)
            granted = all(left >= part for left, part in zip(self._left, asked, strict=True))
            if granted:
                self._left = [left - part for left, part in zip(self._left, asked, strict=True)]
        return granted
