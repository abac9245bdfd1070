"""A bill: quantities times list prices, in a good case and in a bad one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from costs.prices import Price, prices

SMALLEST_SCAN = 10_000_000  # bytes; Athena bills no query for less
GB_MONTH = 1e9 * 730  # bytes times hours
BILLED_ROTATIONS = 2  # each adds a key-month; those after the second are free
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


def exactly(quantity: float) -> Range:
    """Return a quantity that is the same in both cases."""
    return Range(quantity, quantity)


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


def together(bills: Iterable[Sequence[Line]]) -> list[Line]:
    """Add bills of the same items up, item by item."""
    return [
        replace(lines[0], low=sum(x.low for x in lines), high=sum(x.high for x in lines))
        for lines in zip(*bills, strict=True)
    ]


def total(lines: list[Line]) -> Range:
    """Add a bill up."""
    return Range(sum(line.low for line in lines), sum(line.high for line in lines))


QUERIES = Range(300, 9_000)  # a month
SCANNED = Range(1e7, 1e9)  # bytes of one query


def at_rest(
    *,
    metrics: Line,
    alarms: Line,
    own: Iterable[Line] = (),
    queries: Range = QUERIES,
    scanned: Range = SCANNED,
) -> list[Line]:
    """Itemise a month of a deployed stack: what stands there, and the queries of its results.

    ``own`` is what only this architecture has; ``scanned`` are the bytes of one query.
    """
    return [
        line("KMS key", "kms_key", 1, 1 + BILLED_ROTATIONS,
             "one, for all that is stored; high: from its third year on, rotated every year"),
        metrics,
        alarms,
        line("CloudWatch dashboard", "dashboard", 1, 1, "free for the first three of an account"),
        line("SQS, idle polling", "sqs_request", POLLS, POLLS, "Lambda's pollers never rest"),
        *own,
        line("Athena", "athena_scan", queries.low * max(scanned.low, SMALLEST_SCAN),
             queries.high * max(scanned.high, SMALLEST_SCAN),
             "10 queries a day of 10 MB each; high: 300 a day of 1 GB"),
    ]  # fmt: skip
