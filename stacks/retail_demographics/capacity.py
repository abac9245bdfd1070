"""Share a Region's quota of calls among the function's instances. Pure."""

import math
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from stacks.retail_demographics.settings import RetailDemographics
from stacks.settings import Quotas, SettingsError

FEWEST_INSTANCES = 2  # what SQS takes as MaximumConcurrency
MOST_CALLS = 33  # a second, of one instance: a hundred threads
SECONDS_PER_CALL = 3  # AWS publishes no latency of DetectFaces; three seconds is a slow call
RETRIED_PART = Decimal("0.05")  # of an instance's calls


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many instances may run at once, and what each of them may do."""

    instances: int
    calls_per_second: Decimal
    threads: int


def capacity_within(quota: float, calls_per_instance: float, most_instances: int) -> Capacity:
    """Divide calls per second so that all instances together never exceed the quota.

    Small shares use the quota best, large ones finish a batch sooner: test_rate.py simulates both.
    So few instances that each would have more than it can use leave the rest of the quota unused.
    """
    total = Decimal(str(quota))
    instances = math.ceil(total / Decimal(str(calls_per_instance)))
    instances = min(max(FEWEST_INSTANCES, instances), most_instances)
    share = min(total / instances, Decimal(MOST_CALLS)).quantize(Decimal("0.001"), ROUND_DOWN)
    threads = max(1, math.ceil(share * SECONDS_PER_CALL))
    return Capacity(instances, share, threads)


def largest_batch(capacity: Capacity, timeout_seconds: int) -> int:
    """Count the frames that one instance can analyse before its time is over."""
    # The function keeps 20 seconds, or half of a short timeout, for writing results; and the last
    # calls have to be answered before that.
    asking = timeout_seconds - min(20, timeout_seconds / 2) - SECONDS_PER_CALL
    return int(capacity.calls_per_second * Decimal(str(asking)) * (1 - RETRIED_PART))


def capacities(settings: RetailDemographics, quotas: Quotas) -> dict[str, Capacity]:
    """Return the capacity in each Region that has a quota of its own, and the default one.

    Raises SettingsError for batches that Lambda would not take, or that an instance could not
    finish in time.
    """
    found = {
        region: capacity_within(
            quota * settings.quota_share,
            settings.calls_per_instance,
            settings.concurrent_functions,
        )
        for region, quota in quotas.detect_faces_per_second.items()
    }
    slowest = min(found.values(), key=lambda capacity: capacity.calls_per_second)
    largest = largest_batch(slowest, settings.timeout_seconds)
    if settings.batch_size > largest:
        raise SettingsError(
            f"retail_demographics.batch_size is {settings.batch_size}; allowed: at most {largest} "
            f"at {slowest.calls_per_second} calls per second and instance within "
            f"{settings.timeout_seconds} seconds; lower it, or raise timeout_seconds or the quota"
        )
    if settings.batch_size > 10 and not settings.batch_window_seconds:
        raise SettingsError(
            "retail_demographics.batch_window_seconds is 0; allowed: 1 to 300 for a batch of more "
            "than 10; raise it, or lower batch_size"
        )
    return found
