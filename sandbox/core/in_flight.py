"""What is under way in the sandbox: while anything is, no time may be skipped."""

import contextlib
import contextvars
import threading
from collections import Counter
from collections.abc import Callable, Iterator

# Threads that wait for work, or whose work is counted, by the end of their names. Any other
# thread is at work.
_WAITING = (
    *("MainThread", "sandbox-states", "sandbox-forks", "sandbox-cloudwatch", "sandbox-clock"),
    *("dynamodb-ttl-reaper", "ministack-container-reaper", "ministack-lambda-reaper"),
    *("eb-scheduler", "evb-scheduler-ticker", "sandbox-states-call", "transcribe"),
    *("(_poll_loop)", "(_end_with_parent)", "(_read)"),
)
_POOLS = (
    *("asyncio_", "ministack-worker", "ThreadPoolExecutor-", "stderr-", "athena", "faces"),
    "pipeline-",
)


REQUEST = "request"


class _Work:
    """A piece of work: what it is, and whether it does nothing but wait for a moment."""

    def __init__(self, what: str) -> None:
        self.what, self.rests = what, 0


_counts: dict[str, Callable[[], int]] = {}
_stirs: list[Callable[[], int]] = []
_begun = 0  # pieces of work so far, but for requests: who looks makes some
_works: set[_Work] = set()
_changing = threading.Lock()
_mine: contextvars.ContextVar[_Work | None] = contextvars.ContextVar("mine", default=None)


def watch(what: str, count: Callable[[], int]) -> None:
    """Have ``count()`` asked how many of these are under way."""
    _counts[what] = count


def watch_stirs(count: Callable[[], int]) -> None:
    """Have ``count()`` asked how often something has moved so far."""
    _stirs.append(count)


def stirred() -> int:
    """Count how often anything has moved so far: while this is the same, nothing has."""
    return _begun + sum(count() for count in _stirs)


@contextlib.contextmanager
def counted(what: str) -> Iterator[None]:
    """Count one of these as under way."""
    global _begun
    work = _Work(what)
    mine = _mine.set(work)
    with _changing:
        _works.add(work)
        _begun += what != REQUEST
    try:
        yield
    finally:
        with _changing:
            _works.discard(work)
        _mine.reset(mine)


@contextlib.contextmanager
def resting() -> Iterator[None]:
    """Do not count the work that the current context is about, while it waits for a moment."""
    work = _mine.get() or _Work("nothing that is counted")
    with _changing:
        work.rests += 1
    try:
        yield
    finally:
        with _changing:
            work.rests -= 1


def under_way() -> dict[str, int]:
    """Count what is under way, by what it is; empty when nothing is."""
    found = Counter({what: count() for what, count in _counts.items()})
    with _changing:
        found.update(work.what for work in _works if not work.rests)
    found.update(
        f"thread {thread.name}"
        for thread in threading.enumerate()
        if not thread.name.endswith(_WAITING) and not thread.name.startswith(_POOLS)
    )
    return {what: number for what, number in found.items() if number > 0}
