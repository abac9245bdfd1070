"""Whether answers during an update are spread as those before it were. Pure."""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeGuard

BINS = 10
FEWEST_BEFORE, FEWEST_SINCE = 200, 100  # answers, below which nothing is told
MOST = 2_000  # that are kept of either: the newest


@dataclass(slots=True)
class PredictionShift:
    """Answers of one variant, in the memory of one execution environment."""

    before: deque[float] = field(default_factory=lambda: deque(maxlen=MOST))
    since: deque[float] = field(default_factory=lambda: deque(maxlen=MOST))

    def add(self, predictions: Iterable[object], *, is_updating: bool) -> float | None:
        """Take answers; gives the population stability index while an update runs, else None.

        What is no finite number says nothing here. Once an update is over, whatever serves is what
        the next one is compared with.
        """
        found = [float(p) for p in predictions if _is_number(p)]
        if is_updating:
            self.since.extend(found)
            return self.index()
        if self.since:
            self.before.clear()
            self.since.clear()
        self.before.extend(found)
        return None

    def index(self) -> float | None:
        """Return the index on bins that hold as many of the earlier answers each.

        Less what it is by chance alone, about (bins - 1)(1/n + 1/m); at least 0. None of too few.
        """
        n, m = len(self.before), len(self.since)
        if n < FEWEST_BEFORE or m < FEWEST_SINCE:
            return None
        ordered = sorted(self.before)
        edges = sorted({ordered[n * place // BINS] for place in range(1, BINS)})
        bins = len(edges) + 1
        counts = [[0] * bins, [0] * bins]
        for row, values in zip(counts, (self.before, self.since), strict=True):
            for value in values:
                row[bisect_right(edges, value)] += 1
        shares = [[(c + 0.5) / (total + bins / 2) for c in row]
                  for row, total in zip(counts, (n, m), strict=True)]  # fmt: skip
        found: float = sum((b - a) * math.log(b / a) for a, b in zip(*shares, strict=True))
        return max(0.0, found - (bins - 1) * (1 / n + 1 / m))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
