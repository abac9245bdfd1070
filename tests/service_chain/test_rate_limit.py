"""The rate limit: how far apart turns are, and what that means for the calls of any one second."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.rate_limit import interval_ms
from stacks.settings import load_settings

SECOND = 1000  # milliseconds
PUNCTUAL = st.integers(0, SECOND - 1)  # after the beginning of the second in which the turn lies


def most_in_a_second(moments):
    """Count the most moments that any second holds, wherever it begins."""
    return max(sum(1 for m in moments if 0 <= m - first < SECOND) for first in moments)


@given(
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(0, 200), PUNCTUAL), min_size=1, max_size=150),
)
def test_with_the_default_share_no_second_holds_more_punctual_calls_than_the_quota(quota, gaps):
    interval = interval_ms(quota, load_settings().of(ServiceChain).quota_share)
    turns = accumulate(interval + gap for gap, _ in gaps)
    # AWS cuts the moment of a Wait to its second.
    calls = [turn // SECOND * SECOND + late for turn, (_, late) in zip(turns, gaps, strict=True)]
    assert most_in_a_second(calls) <= quota


@pytest.mark.parametrize(
    ("quota", "share", "milliseconds"),
    [(10, 0.5, 200), (25, 0.5, 80), (25, 1.0, 40), (3, 1.0, 334), (0.5, 1.0, 2000)],
)
def test_turns_are_never_closer_than_the_share_allows(quota, share, milliseconds):
    assert interval_ms(quota, share) == milliseconds
