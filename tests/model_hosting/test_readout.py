"""A readout of an A/B test may be looked at after every batch, and is still right."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_hosting.readout import Sample, Verdict, read_means, read_rates

RUNS, LOOKS, BATCH = 2_000, 100, 100  # of each variant: 10,000 observations, looked at 100 times
COUNT = st.integers(0, 5_000)


def rates(champion, challenger, *, effect, seed):
    """Return by run whether a look said that one is higher, and after how many observations."""
    random = np.random.default_rng(seed)
    drawn = [
        random.binomial(BATCH, rate, size=(RUNS, LOOKS)).cumsum(axis=1)
        for rate in (champion, challenger)
    ]
    return stops(lambda run, look: read_rates(
        *(Sample.of_rate((look + 1) * BATCH, int(d[run, look])) for d in drawn), effect=effect
    ))  # fmt: skip


def means(shift, *, effect, seed):
    """Return the same of two means: exponential latencies of 20 ms, one of them shifted."""
    random = np.random.default_rng(seed)
    sums = []
    for more in (0.0, shift):
        values = random.exponential(20.0, size=(RUNS, LOOKS, BATCH)).astype(np.float32) + more
        sums.append((values.sum(axis=2).cumsum(axis=1), (values**2).sum(axis=2).cumsum(axis=1)))
    return stops(lambda run, look: read_means(
        *(Sample((look + 1) * BATCH, float(t[run, look]), float(q[run, look])) for t, q in sums),
        effect=effect,
    ))  # fmt: skip


def stops(read):
    higher = {Verdict.CHALLENGER_HIGHER, Verdict.CHALLENGER_LOWER}
    found = []
    for run in range(RUNS):
        found.append(math.inf)
        for look in range(LOOKS):
            readout = read(run, look)
            if readout.verdict in higher:
                found[-1] = (look + 1) * BATCH
                break
    return np.array(found)


@pytest.mark.parametrize("rate", [0.02, 0.3], ids=["rare", "frequent"])
def test_two_thousand_tests_of_equal_rates_stop_falsely_in_at_most_five_of_a_hundred(rate):
    found = rates(rate, rate, effect=rate / 5, seed=1)
    assert np.isfinite(found).mean() <= 0.05


def test_two_thousand_tests_of_equal_means_stop_falsely_in_at_most_five_of_a_hundred():
    assert np.isfinite(means(0.0, effect=2.0, seed=2)).mean() <= 0.05


def test_a_rate_that_grows_by_a_fifth_is_found_in_nine_of_ten_tests_before_ten_thousand():
    found = rates(0.10, 0.12, effect=0.02, seed=3)
    assert np.isfinite(found).mean() >= 0.9


def test_a_mean_that_grows_by_a_tenth_is_found_in_nine_of_ten_tests_before_ten_thousand():
    found = means(2.0, effect=2.0, seed=4)
    assert np.isfinite(found).mean() >= 0.9


@given(COUNT, COUNT, COUNT, COUNT)
def test_whatever_was_seen_the_bounds_hold_the_difference_and_agree_with_the_verdict(a, b, c, d):
    champion = Sample.of_rate(max(a, b), min(a, b))
    challenger = Sample.of_rate(max(c, d), min(c, d))
    readout = read_rates(champion, challenger, effect=0.02)
    if readout.p_value is None:
        assert readout.verdict in {Verdict.NO_DATA, Verdict.ONE_CLASS, Verdict.TOO_FEW}
        return
    assert readout.low is not None
    assert readout.high is not None
    assert readout.difference is not None
    assert readout.low <= readout.difference <= readout.high
    excludes_none = readout.low > 0 or readout.high < 0
    says_so = readout.verdict in {Verdict.CHALLENGER_HIGHER, Verdict.CHALLENGER_LOWER}
    assert excludes_none == says_so or math.isclose(readout.p_value, 0.05)


@given(COUNT, COUNT, COUNT, COUNT)
def test_whoever_is_called_champion_the_same_is_found_with_the_sign_turned(a, b, c, d):
    one, other = Sample.of_rate(max(a, b), min(a, b)), Sample.of_rate(max(c, d), min(c, d))
    there, back = read_rates(one, other, effect=0.02), read_rates(other, one, effect=0.02)
    assert there.p_value == pytest.approx(back.p_value)
    if there.difference is not None and back.difference is not None:
        assert there.difference == pytest.approx(-back.difference)


@pytest.mark.parametrize(
    ("champion", "challenger", "verdict"),
    [
        (Sample(0, 0, 0), Sample.of_rate(500, 50), Verdict.NO_DATA),
        (Sample.of_rate(500, 0), Sample.of_rate(500, 0), Verdict.ONE_CLASS),
        (Sample.of_rate(500, 500), Sample.of_rate(500, 500), Verdict.ONE_CLASS),
        (Sample.of_rate(99, 50), Sample.of_rate(5_000, 2_500), Verdict.TOO_FEW),
        (Sample.of_rate(5_000, 4), Sample.of_rate(5_000, 5), Verdict.TOO_FEW),
        (Sample.of_rate(500, 50), Sample.of_rate(500, 55), Verdict.GO_ON),
        (Sample.of_rate(5_000, 500), Sample.of_rate(5_000, 900), Verdict.CHALLENGER_HIGHER),
        (Sample.of_rate(5_000, 900), Sample.of_rate(5_000, 500), Verdict.CHALLENGER_LOWER),
        (Sample.of_rate(900_000, 90_000), Sample.of_rate(900_000, 90_000), Verdict.ALIKE),
    ],
    ids=["none", "zeros", "ones", "few", "rare", "open", "higher", "lower", "alike"],
)
def test_what_there_is_too_little_for_is_told_by_name(champion, challenger, verdict):
    readout = read_rates(champion, challenger, effect=0.02)
    assert readout.verdict == verdict
    assert readout.stops == (verdict in {"challenger higher", "challenger lower", "alike"})


@pytest.mark.parametrize(("effect", "rate"), [(0.0, 0.05), (0.02, 1.0)], ids=["effect", "rate"])
def test_an_experiment_that_cannot_be_is_refused(effect, rate):
    sample = Sample.of_rate(500, 50)
    with pytest.raises(ValueError, match="change the settings of the experiment"):
        read_rates(sample, sample, effect=effect, error_rate=rate)
