"""What AWS would have done silently and a demonstration must not: collected, logged, readable."""

import logging
import threading
from typing import TypedDict

logger = logging.getLogger("sandbox")


class Problem(TypedDict):
    """Something that AWS drops without failing any call, such as a log line it may not write."""

    kind: str
    message: str
    times: int


_lock = threading.Lock()
_reported: dict[tuple[str, str], Problem] = {}


def report(kind: str, message: str) -> None:
    """Remember a problem, once however often it happens, and log it the first time."""
    with _lock:
        problem = _reported.get((kind, message))
        if problem is not None:
            problem["times"] += 1
            return
        _reported[kind, message] = {"kind": kind, "message": message, "times": 1}
    logger.warning("%s: %s", kind, message)


def current() -> list[Problem]:
    """List the problems of this server's life, or since the last `clear`."""
    with _lock:
        return [problem.copy() for problem in _reported.values()]


def clear() -> None:
    """Forget all problems."""
    with _lock:
        _reported.clear()
