"""Who calls with a key meets the same variant, until the weights move it to a growing one."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from model_hosting.sticky_variant import sticky_variant

KEYS = [f"shopper-{n}" for n in range(10_000)]
WEIGHT = st.floats(0, 1e6, allow_nan=False)
NAMES = ("Blue", "Green", "Red", "Violet")
WEIGHTS = st.dictionaries(st.sampled_from(NAMES), WEIGHT, min_size=1).filter(
    lambda weights: any(weights.values())
)


@given(st.text(), WEIGHTS)
def test_a_key_meets_the_same_variant_each_time_and_one_that_has_weight(key, weights):
    chosen = sticky_variant(key, weights)
    assert chosen == sticky_variant(key, dict(reversed(weights.items())))
    assert weights[chosen] > 0


@given(st.text(), st.tuples(WEIGHT, WEIGHT), st.tuples(WEIGHT, WEIGHT))
def test_of_two_variants_a_key_moves_only_to_the_one_that_grows(key, before, after):
    assume(any(before) and any(after))
    was = sticky_variant(key, dict(zip("AB", before, strict=True)))
    now = sticky_variant(key, dict(zip("AB", after, strict=True)))
    if was != now:
        to = "AB".index(now)
        # Exactly, whatever the numbers: the share after is larger than the share before.
        assert as_share(after, to) > as_share(before, to)


def as_share(weights, index):
    return Fraction(weights[index]) / sum(map(Fraction, weights))


@given(st.text(), WEIGHTS, st.sampled_from(NAMES), WEIGHT)
def test_one_weight_that_changes_moves_no_key_among_the_others(key, weights, name, weight):
    changed = {**weights, name: weight}
    assume(any(changed.values()))
    was, now = sticky_variant(key, weights), sticky_variant(key, changed)
    if was != now:
        assert name == (now if weight > weights.get(name, 0) else was)


@given(st.text(), WEIGHTS, WEIGHTS)
def test_a_key_moves_only_to_what_has_grown_beside_what_it_leaves(key, before, after):
    was, now = sticky_variant(key, before), sticky_variant(key, after)
    if was != now:
        grown = Fraction(after[now]) * Fraction(before[was])
        assert grown > Fraction(before.get(now, 0)) * Fraction(after.get(was, 0))


@pytest.mark.parametrize("green", [0.5, 0.6, 0.8, 1.0], ids=["50", "40", "20", "0"])
def test_ten_thousand_keys_fall_as_the_weights_say(green):
    found = Counter(sticky_variant(key, {"Blue": 1 - green, "Green": green}) for key in KEYS)
    # Four standard deviations of a binomial: one seed in 16,000 would be off by more.
    assert abs(found["Green"] - 10_000 * green) <= 4 * (10_000 * green * (1 - green)) ** 0.5


def test_keys_of_another_experiment_fall_otherwise():
    even = {"Blue": 1.0, "Green": 1.0}
    alike = sum(
        sticky_variant(key, even, experiment="A") == sticky_variant(key, even, experiment="B")
        for key in KEYS
    )
    assert abs(alike - 5_000) <= 4 * 50


@pytest.mark.parametrize(
    "weights", [{}, {"A": 0.0}, {"A": -1.0, "B": 2.0}, {"A": float("nan")}, {"A": float("inf")}],
    ids=["none", "zero", "negative", "nan", "infinite"],
)  # fmt: skip
def test_weights_that_cannot_be_are_refused(weights):
    with pytest.raises(ValueError, match="UpdateEndpointWeightsAndCapacities"):
        sticky_variant("key", weights)
