"""What is under way in the sandbox: while anything is, no time may be skipped."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator

# Threads that wait for work, by the end of their names. Any other thread is at work.
_WAITING = (
    *("MainThread", "sandbox-states", "sandbox-forks", "sandbox-cloudwatch"),
    *("dynamodb-ttl-reaper", "ministack-container-reaper", "ministack-lambda-reaper"),
    *("eb-scheduler", "evb-scheduler-ticker"),
    *("(_poll_loop)", "(_end_with_parent)", "(_work)", "(_read)"),
)
_POOLS = ("asyncio_", "ThreadPoolExecutor-", "stderr-")

_counts: dict[str, Callable[[], int]] = {}
_open: Counter[str] = Counter()


def watch(what: str, count: Callable[[], int]) -> None:
    """Have ``count()`` asked how many of these are under way."""
    _counts[what] = count


@contextlib.contextmanager
def counted(what: str) -> Iterator[None]:
    """Count one of these as under way; on the event loop alone."""
    _open[what] += 1
    try:
        yield
    finally:
        _open[what] -= 1


def under_way() -> dict[str, int]:
    """Count what is under way, by what it is; empty when nothing is."""
    found = Counter({what: count() for what, count in _counts.items()})
    found.update(_open)
    found.update(
        f"thread {thread.name}"
        for thread in threading.enumerate()
        if not thread.name.endswith(_WAITING) and not thread.name.startswith(_POOLS)
    )
    return {what: number for what, number in found.items() if number > 0}
