"""Records that wait until there are enough of them, or until the first has waited long enough."""

import contextvars
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sandbox.core.clock import CLOCK, Timer
from sandbox.services.firehose.configurations import Buffering


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was taken, with when that was, in seconds since 1970."""

    record_id: str
    data: bytes
    arrived_at: float


class Buffer:
    """Hands on what it holds once it is full, or once its time has come: by the services' clock.

    What it is handed to runs in a thread of its own, in the context of the record that was added.
    """

    def __init__(self, limits: Buffering, hand_on: Callable[[list[Record]], None]) -> None:
        self._limits, self._hand_on = limits, hand_on
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self._bytes = 0
        self._timer: Timer | None = None

    def add(self, record: Record) -> None:
        """Take one record."""
        context = contextvars.copy_context()
        with self._lock:
            self._records.append(record)
            self._bytes += len(record.data)
            if self._bytes >= self._limits.bytes:
                full = self._taken()
                CLOCK.later(0, partial(context.run, self._hand_on, full))
            elif self._timer is None:
                self._timer = CLOCK.later(self._limits.seconds, partial(context.run, self._over))

    def holds_since(self) -> float | None:
        """Tell when the oldest of its records arrived, None where it is empty."""
        with self._lock:
            return min((record.arrived_at for record in self._records), default=None)

    def drop(self) -> None:
        """Forget what it holds."""
        with self._lock:
            self._taken()

    def _over(self) -> None:
        with self._lock:
            found = self._taken()
        if found:
            self._hand_on(found)

    def _taken(self) -> list[Record]:
        if self._timer is not None:
            self._timer.cancel()
        found, self._records, self._bytes, self._timer = self._records, [], 0, None
        return found
