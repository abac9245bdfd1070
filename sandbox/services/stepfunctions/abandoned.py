"""Whether anybody still waits for a call of a task: what a task was to wait for is then stopped."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_left: ContextVar[threading.Event | None] = ContextVar("left", default=None)


@contextmanager
def waiting() -> Iterator[None]:
    """Tell the calls that begin within whether their task was given up since.

    That is an execution that ended, or a neighbour that failed; not a task that took too long.
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
    """
    left = threading.Event()
    token = _left.set(left)
    try:
        yield
    except asyncio.CancelledError:
        left.set()
        raise
    finally:
        _left.reset(token)


def is_abandoned() -> bool:
    """Tell whether nobody waits for the current call any more."""
    left = _left.get()
    return left is not None and left.is_set()
