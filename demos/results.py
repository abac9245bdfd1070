"""What every demo's results have: phases, calls and costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the demo."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What one item of this run would cost at AWS's list prices, in US dollars."""

    item: str
    low: float
    high: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """When it ran, how often AWS was called and at what price; the phases come last of all.

    ``synthetic`` names the parts of answers that the sandbox made up.
    """

    ran_at: datetime
    calls: Mapping[str, int]
    costs: tuple[Cost, ...]
    synthetic: tuple[str, ...]
    phases: tuple[Phase, ...] = ()

    @property
    def seconds(self) -> float:
        """Return how long all phases took."""
        return sum(phase.seconds for phase in self.phases)
