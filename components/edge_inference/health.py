"""How a device is: counts, latencies and what is wrong with it, as one document."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from typing import Any

# Upper ends of the bins, in milliseconds: each a quarter more than the last, 0.05 to some 30,000.
_EDGES = tuple(0.05 * 1.25**step for step in range(60))


class Latencies:
    """Durations in bins, so that days of frames take no memory; quantiles to within a quarter."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_EDGES) + 1)

    def add(self, milliseconds: float) -> None:
        """Take one in."""
        self._counts[bisect_left(_EDGES, milliseconds)] += 1

    def quantile(self, share: float) -> float | None:
        """Give the upper end of the bin in which this share of all is reached; None of none."""
        total = sum(self._counts)
        if not total:
            return None
        reached = 0
        for edge, count in zip((*_EDGES, _EDGES[-1]), self._counts, strict=True):
            reached += count
            if reached >= share * total:
                return round(edge, 3)
        return round(_EDGES[-1], 3)

    def summary(self) -> dict[str, Any]:
        """Give count, median and 95th percentile."""
        return {
            "count": sum(self._counts),
            "p50_ms": self.quantile(0.5),
            "p95_ms": self.quantile(0.95),
        }


class Health:
    """Counts since the start, latencies since the last report, and conditions that hold.

    A condition is a word that alarms and pages know, with a line for a person. It holds until it is
    cleared; raising it again changes its line alone.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._conditions: dict[str, str] = {}
        self._latencies: dict[str, Latencies] = {}

    def took(self, what: str, seconds: float) -> None:
        """Take in how long something took."""
        self._latencies.setdefault(what, Latencies()).add(seconds * 1000)

    def holds(self, condition: str, line: str) -> bool:
        """Raise a condition; tell whether it is new."""
        is_new = condition not in self._conditions
        self._conditions[condition] = line
        return is_new

    def cleared(self, condition: str) -> bool:
        """Clear a condition; tell whether it held."""
        return self._conditions.pop(condition, None) is not None

    @property
    def conditions(self) -> Mapping[str, str]:
        """What is wrong, each with its line."""
        return self._conditions

    def report(self, **measured: Any) -> dict[str, Any]:
        """Write all down, with what was measured beside; latencies begin anew."""
        latencies = {name: found.summary() for name, found in sorted(self._latencies.items())}
        self._latencies = {}
        return {
            "schema": 1,
            **measured,
            "counts": dict(sorted(self.counts.items())),
            "latencies": latencies,
            "conditions": dict(sorted(self._conditions.items())),
        }
