"""How fast executions may be started: AWS's token buckets."""

import threading
from collections.abc import Callable

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import metrics

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_LARGE_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
_LARGE, _SMALL, _EXPRESS = (1300, 300), (800, 150), (6000, 6000)  # bucket, refill per second


class Bucket:
    """A bucket of so many tokens, refilled at so many a second."""

    def __init__(
        self, size: int, refill: float, clock: Callable[[], float] = CLOCK.monotonic
    ) -> None:
        self._size, self._refill, self._clock = float(size), refill, clock
        self._tokens, self._last = self._size, clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a token; False when there is none left."""
        with self._lock:
            now = self._clock()
            refilled = self._tokens + (now - self._last) * self._refill
            self._tokens, self._last = min(self._size, refilled), now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


_buckets: dict[tuple[str, str, bool], Bucket] = {}


def may_start(machine_arn: str, *, express: bool) -> bool:
    """Take one start out of the account's bucket; counts what does not fit."""
    region = responses.get_region()
    standard = _LARGE if region in _LARGE_REGIONS else _SMALL
    made = Bucket(*(_EXPRESS if express else standard))
    granted = _buckets.setdefault((responses.get_account_id(), region, express), made).take()
    if not granted:
        metrics.throttled(machine_arn)
    return granted


def reset() -> None:
    """Fill every bucket."""
    _buckets.clear()
