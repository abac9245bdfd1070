"""What every demo's results have: phases and costs."""

from dataclasses import dataclass


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
