"""How the quota is shared: never more than there is, whatever it is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.retail_demographics.capacity import (
    capacity_within,
    largest_batch,
)

QUOTAS = st.floats(0.01, 5000, allow_nan=False)
SHARES = st.floats(0.5, 33, allow_nan=False)
FUNCTIONS = st.integers(2, 1000)


@given(QUOTAS, SHARES, FUNCTIONS)
def test_all_instances_together_never_exceed_the_quota_nor_the_budget(quota, share, most):
    capacity = capacity_within(quota, share, most)
    assert capacity.instances <= most
    assert capacity.instances * capacity.calls_per_second <= Decimal(str(quota))


@given(QUOTAS, SHARES)
def test_hardly_any_of_the_quota_is_left_unused(quota, share):
    capacity = capacity_within(quota, share, 10_000)
    unused = Decimal(str(quota)) - capacity.instances * capacity.calls_per_second
    assert unused < capacity.instances * Decimal("0.001")


@given(QUOTAS, SHARES, FUNCTIONS)
def test_sqs_takes_the_concurrency_and_threads_can_use_the_share(quota, share, most):
    capacity = capacity_within(quota, share, most)
    assert 2 <= capacity.instances <= 1000
    assert 1 <= capacity.threads <= 100
    assert capacity.threads >= 3 * capacity.calls_per_second


@pytest.mark.parametrize(
    ("quota", "most", "instances", "share", "threads"),
    [
        *((5, 3, 2, "2.5", 8), (50, 3, 3, "16.666", 50), (50, 20, 10, "5", 15)),
        *((1, 3, 2, "0.5", 2), (51, 20, 11, "4.636", 14), (5000, 3, 3, "33", 99)),
    ],
)
def test_the_quotas_and_the_budget_give(quota, most, instances, share, threads):
    capacity = capacity_within(quota, 5, most)
    assert (capacity.instances, capacity.threads) == (instances, threads)
    assert capacity.calls_per_second == Decimal(share)


def test_a_batch_fits_into_the_time_of_an_instance():
    assert largest_batch(capacity_within(5, 5, 3), timeout_seconds=120) == 230
    assert largest_batch(capacity_within(50, 5, 10), timeout_seconds=30) == 57
