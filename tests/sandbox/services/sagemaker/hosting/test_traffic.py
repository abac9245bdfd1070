"""Shares and choices: what a policy makes of the traffic, and how often each variant is chosen."""

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.services.sagemaker.hosting import choices, traffic

SIZES = st.one_of(
    st.builds(lambda n: {"Type": "CAPACITY_PERCENT", "Value": n}, st.integers(10, 50)),
    st.builds(lambda n: {"Type": "INSTANCE_COUNT", "Value": n}, st.integers(2, 10)),
)


@given(size=SIZES, wait=st.integers(0, 100), last=st.integers(0, 100))
def test_a_linear_shift_ends_with_all_of_the_traffic(size, wait, last):
    policy = {
        "TrafficRoutingConfiguration": {
            "Type": "LINEAR",
            "LinearStepSize": size,
            "WaitIntervalInSeconds": wait,
        },
        "TerminationWaitInSeconds": last,
    }
    plan = traffic.plan({"BlueGreenUpdatePolicy": policy}, 20)
    shares = [step.share for step in plan.steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    steps = [after - before for before, after in zip([0.0, *shares], shares, strict=False)]
    assert all(0 < step <= shares[0] + 1e-9 for step in steps)
    assert [step.seconds for step in plan.steps] == [wait] * (len(shares) - 1) + [last]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"Type": "CANARY", "WaitIntervalInSeconds": 0}, "CanarySize must be specified"),
        (
            {
                "Type": "ALL_AT_ONCE",
                "WaitIntervalInSeconds": 0,
                "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 10},
            },
            "LinearStepSize must not be specified",
        ),
        (
            {
                "Type": "LINEAR",
                "WaitIntervalInSeconds": 0,
                "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 9},
            },
            "between 10% and 50%",
        ),
        (
            {
                "Type": "CANARY",
                "WaitIntervalInSeconds": 0,
                "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 2},
            },
            "between 0% and 50%",
        ),
    ],
    ids=["no canary", "a step too many", "a step too small", "a canary too large"],
)
def test_a_policy_that_does_not_fit_is_refused(policy, words):
    with pytest.raises(traffic.PolicyError, match=words):
        traffic.plan({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": policy}}, 2)


def test_only_one_policy_is_given():
    both = {**traffic.DEFAULT, "RollingUpdatePolicy": {"MaximumBatchSize": {}}}
    with pytest.raises(traffic.PolicyError, match="Only one of"):
        traffic.plan(both, 2)


@given(
    weights=st.dictionaries(
        st.sampled_from("abcdef"), st.floats(0, 10, allow_subnormal=False), min_size=1
    ),
    draw=st.floats(0, 1, exclude_max=True),
)
def test_whoever_is_chosen_has_a_weight(weights, draw):
    if sum(weights.values()) <= 0:
        with pytest.raises(choices.NoTrafficError):
            choices.chosen(weights, lambda: draw)
    else:
        assert weights[choices.chosen(weights, lambda: draw)] > 0


def test_ten_thousand_choices_are_as_many_as_the_weights_say():
    weights, draw = {"a": 5.0, "b": 3.0, "c": 2.0}, random.Random(7).random  # noqa: S311 (a sample is no secret)
    seen = Counter(choices.chosen(weights, draw) for _ in range(10_000))
    for name, weight in weights.items():
        share = weight / 10
        assert abs(seen[name] - 10_000 * share) < 4 * math.sqrt(10_000 * share * (1 - share))
