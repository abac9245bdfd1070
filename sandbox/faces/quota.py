"""Requests per second of an account in a Region, as Amazon Rekognition counts them."""

import threading
import time
from collections.abc import Callable, Hashable

_LARGE_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


def default_rate(region: str) -> float:
    """Give the default quota of one image operation, in transactions per second.

    Source: quotas of Amazon Rekognition in the AWS General Reference.
    """
    return 50.0 if region in _LARGE_REGIONS else 5.0


class Quota:
    """Token buckets that hold one second's worth of requests each."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
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
