"""An execution's history: numbered events, each of which knows the one before it."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core.upstream import responses
from sandbox.services.stepfunctions.failures import RUNTIME, StateError

LIMIT = 25_000
Event = dict[str, Any]


class History:
    """The events of one execution, written until the execution has ended.

    ``watch`` is told every event. An EXPRESS execution counts its events and keeps none.
    """

    def __init__(self, events: list[Event], watch: Callable[[Event], None], *, kept: bool) -> None:
        self._events, self._watch, self._kept = events, watch, kept
        self._count, self._ended, self._lock = 0, False, threading.Lock()

    def add(self, kind: str, details: Mapping[str, Any], after: int) -> int:
        """Write an event and return its number. Raises when no more than the end would fit."""
        with self._lock:
            if self._ended:
                return after
            if self._kept and self._count >= LIMIT - 1:
                raise StateError(
                    RUNTIME,
                    f"The execution reached the maximum number of history events ({LIMIT}).",
                )
            return self._write(kind, details, after)

    def end(self, kind: str, details: Mapping[str, Any], after: int) -> None:
        """Write the last event."""
        with self._lock:
            if not self._ended:
                self._write(kind, details, after)
                self._ended = True

    def _write(self, kind: str, details: Mapping[str, Any], after: int) -> int:
        self._count += 1
        event = {
            "id": self._count,
            "previousEventId": after,
            "timestamp": responses.now_iso(),
            "type": kind,
            details_name(kind): {k: v for k, v in details.items() if v is not None},
        }
        if self._kept:
            self._events.append(event)
        self._watch(event)
        return self._count


class Trail:
    """One thread of events through a history: the whole of it, a branch or an iteration."""

    def __init__(self, history: History, last: int = 0) -> None:
        self._history, self.last = history, last

    def add(self, kind: str, **details: Any) -> int:
        """Write an event after the last one of this thread."""
        self.last = self._history.add(kind, details, self.last)
        return self.last

    def fork(self) -> "Trail":
        """Begin a thread that starts here."""
        return Trail(self._history, self.last)


def details_name(kind: str) -> str:
    """Name the member that holds the details of a kind of event."""
    for ending in ("StateEntered", "StateExited"):
        if kind.endswith(ending):
            kind = ending
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def carried(text: str, what: str) -> dict[str, Any]:
    """Spell an ``input`` or ``output`` of an event."""
    return {what: text, f"{what}Details": {"truncated": False}}
