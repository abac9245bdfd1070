"""A bill: quantities times list prices, in a good case and in a bad one."""

from dataclasses import dataclass

from benchmarks.prices import Price, prices

SMALLEST_SCAN = 10_000_000  # bytes; Athena bills no query for less
GB_MONTH = 1e9 * 730  # bytes times hours
POLLS = 5 * 3 * 60 * 24 * 30  # a month: five pollers, each waiting up to 20 s for a message


@dataclass(frozen=True, slots=True)
class Range:
    """A quantity in the low and in the high case."""

    low: float
    high: float

    def __mul__(self, number: float) -> "Range":
        """Multiply both."""
        return Range(self.low * number, self.high * number)

    def __add__(self, other: "Range") -> "Range":
        """Add the low to the low, the high to the high."""
        return Range(self.low + other.low, self.high + other.high)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill."""

    item: str
    price: Price
    low: float
    high: float
    why: str


def line(item: str, price: str, low: float, high: float, why: str) -> Line:
    """Price a quantity: the low one at the least, the high one at the most that is charged."""
    cost = prices()[price]
    return Line(item, cost, cost.least(low), cost.most(high), why)


def total(lines: list[Line]) -> Range:
    """Add a bill up."""
    return Range(sum(line.low for line in lines), sum(line.high for line in lines))
