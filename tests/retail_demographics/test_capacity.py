"""How the quota is shared: never more than there is, whatever it is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.retail_demographics.capacity import (
    capacity_within,
    largest_batch,
    visibility_seconds,
)

QUOTAS = st.floats(0.01, 5000, allow_nan=False)


@given(QUOTAS)
def test_all_instances_together_never_exceed_the_quota(quota):
    capacity = capacity_within(quota)
    assert capacity.instances * capacity.calls_per_second <= Decimal(str(quota))


@given(QUOTAS)
def test_hardly_any_of_the_quota_is_left_unused(quota):
    capacity = capacity_within(quota)
    unused = Decimal(str(quota)) - capacity.instances * capacity.calls_per_second
    assert unused < capacity.instances * Decimal("0.001")


@given(QUOTAS)
def test_sqs_takes_the_concurrency_and_threads_can_use_the_share(quota):
    capacity = capacity_within(quota)
    assert 2 <= capacity.instances <= 1000
    assert 1 <= capacity.threads <= 10
    assert capacity.threads >= capacity.calls_per_second


@pytest.mark.parametrize(
    ("quota", "instances", "share", "threads"),
    [(5, 2, "2.5", 3), (50, 5, "10", 10), (1, 2, "0.5", 1), (51, 6, "8.5", 9)],
)
def test_the_default_quotas_give(quota, instances, share, threads):
    capacity = capacity_within(quota)
    assert (capacity.instances, capacity.threads) == (instances, threads)
    assert capacity.calls_per_second == Decimal(share)


def test_a_batch_fits_into_the_time_of_an_instance():
    assert largest_batch(capacity_within(5), timeout_seconds=120) == 240
    assert largest_batch(capacity_within(50), timeout_seconds=120) == 960


def test_a_message_stays_hidden_for_six_attempts():
    assert visibility_seconds(120, 10) == 730
