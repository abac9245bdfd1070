"""Leave an endpoint alone that fails, and try it again with one request at a time. Pure."""

from collections.abc import Callable


class CircuitBreaker:
    """Opens after so many failures in a row; closes again with the first success.

    While it is open, nothing is asked for ``open_seconds``, then one request is let through to see;
    its failure keeps the breaker open as long again. ``clock`` gives seconds that never go back.
    """

    def __init__(self, *, failures: int, open_seconds: float, clock: Callable[[], float]) -> None:
        self._limit, self._open_seconds, self._clock = failures, open_seconds, clock
        self._failed = 0
        self._next_probe = 0.0

    def allows(self) -> bool:
        """Tell whether to ask now; who asks has to tell of the outcome."""
        if self._failed < self._limit:
            return True
        if self._clock() < self._next_probe:
            return False
        self._wait_again()  # others wait while this one tries
        return True

    def succeeded(self) -> None:
        """Take note of an answer; that a request was refused as a bad one is an answer too."""
        self._failed = 0

    def failed(self) -> None:
        """Take note of a failure."""
        self._failed += 1
        self._wait_again()

    @property
    def seconds_left(self) -> float:
        """Seconds until the next request is let through; 0 while all are."""
        if self._failed < self._limit:
            return 0.0
        return max(0.0, self._next_probe - self._clock())

    def _wait_again(self) -> None:
        self._next_probe = self._clock() + self._open_seconds
