"""Requests per second, counted as AWS counts them."""

import pytest

from sandbox.core.quotas import Quota, read_rate


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self):
        """Tell the time that was set."""
        return self.now


def granted(quota, key, rate, tries):
    return sum(quota.take(key, rate) for _ in range(tries))


def test_a_second_holds_its_rate_and_no_more():
    clock = Clock()
    quota = Quota(clock)
    assert granted(quota, "a", 5, 9) == 5
    clock.now = 0.5
    assert granted(quota, "a", 5, 9) == 2
    clock.now = 60
    assert granted(quota, "a", 5, 9) == 5


def test_accounts_and_regions_do_not_share():
    quota = Quota(Clock())
    assert granted(quota, ("a", "eu-west-1"), 5, 9) == 5
    assert granted(quota, ("a", "eu-west-2"), 5, 9) == 5
    quota.reset()
    assert granted(quota, ("a", "eu-west-1"), 5, 9) == 5


def test_the_environment_replaces_a_rate():
    assert read_rate({}, "SANDBOX_SOME_TPS") is None
    assert read_rate({"SANDBOX_SOME_TPS": "2000"}, "SANDBOX_SOME_TPS") == 2000


@pytest.mark.parametrize("text", ["fast", "0", "-1", "nan"])
def test_a_rate_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="give requests per second as a number above 0"):
        read_rate({"SANDBOX_SOME_TPS": text}, "SANDBOX_SOME_TPS")
