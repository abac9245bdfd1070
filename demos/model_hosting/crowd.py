"""Many callers of an endpoint at once: how many were answered, by whom, and how many were not."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import NamedTuple

from demos.model_hosting.caller import EndpointCaller

CALLERS = 4


class Answered(NamedTuple):
    """Answers by variant, and what was answered instead by status."""

    by_variant: Counter[str]
    failed: Counter[int]

    @property
    def total(self) -> int:
        """Count the requests."""
        return self.by_variant.total() + self.failed.total()


def ask_many(
    caller: Callable[[], EndpointCaller],
    body: bytes,
    *,
    least: int,
    until: Callable[[], bool] = lambda: True,
) -> Answered:
    """Ask at least so often, and on until something is so; each caller has his own connection."""
    numbers = count(1)

    def go(_: int) -> Answered:
        asked, found = caller(), Answered(Counter(), Counter())
        while next(numbers) <= least or not until():
            status, variant = asked.ask(body)
            if status == 200:
                found.by_variant[variant] += 1
            else:
                found.failed[status] += 1
        asked.close()
        return found

    with ThreadPoolExecutor(CALLERS) as pool:
        parts = list(pool.map(go, range(CALLERS)))
    return Answered(
        sum((part.by_variant for part in parts), Counter()),
        sum((part.failed for part in parts), Counter()),
    )
