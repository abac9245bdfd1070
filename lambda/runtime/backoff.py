"""How long to wait before trying again."""

from collections.abc import Callable, Iterator
from itertools import count

_FIRST_SECONDS = 0.25
_LONGEST_SECONDS = 8.0
_DOUBLINGS = 8


def waits(time_left: Callable[[], float], random: Callable[[], float]) -> Iterator[float]:
    """Yield seconds to wait, exponential with full jitter; end when a wait outlasts the time left.

    ``random`` gives numbers in [0, 1). Full jitter, because callers that were throttled together
    must not come back together:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    for attempt in count():
        longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** min(attempt, _DOUBLINGS))
        wait = random() * longest
        if wait >= time_left():
            return
        yield wait
