"""Share a Region's quota of calls among the function's instances. Pure."""

import math
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

FEWEST_INSTANCES = 2  # the smallest MaximumConcurrency that SQS takes
CALLS_OF_AN_INSTANCE = 10  # a second: more threads than this gain nothing on half a CPU
SECONDS_PER_CALL = 1.0  # AWS publishes no latency of DetectFaces; about one second is cautious
BUSY_PART = 0.8  # of the timeout: the rest is for writing results, and for calls that are retried


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many instances may run at once, and what each of them may do."""

    instances: int
    calls_per_second: Decimal
    threads: int


def capacity_within(quota: float) -> Capacity:
    """Divide calls per second so that all instances together never exceed the quota."""
    total = Decimal(str(quota))
    instances = max(FEWEST_INSTANCES, math.ceil(total / CALLS_OF_AN_INSTANCE))
    share = (total / instances).quantize(Decimal("0.001"), ROUND_DOWN)
    threads = max(1, math.ceil(share * Decimal(str(SECONDS_PER_CALL))))
    return Capacity(instances, share, threads)


def largest_batch(capacity: Capacity, timeout_seconds: int) -> int:
    """Count the frames that one instance can analyse before its time is over."""
    return int(capacity.calls_per_second * Decimal(str(timeout_seconds * BUSY_PART)))


def visibility_seconds(timeout_seconds: int, window_seconds: int) -> int:
    """Hide a message for six attempts and the wait for a full batch, as Lambda's guide asks.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    return 6 * timeout_seconds + window_seconds
