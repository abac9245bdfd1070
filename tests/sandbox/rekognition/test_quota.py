"""Requests per second, counted as AWS counts them."""

import pytest

from sandbox.emulator import ServiceError
from sandbox.environment import server_environment
from sandbox.faces.quota import Quota, default_rate
from sandbox.services import rekognition


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


def test_the_default_is_50_in_three_regions_and_5_elsewhere():
    assert [default_rate(name) for name in ("us-east-1", "us-west-2", "eu-west-1")] == [50] * 3
    assert default_rate("eu-central-1") == 5


def test_the_environment_replaces_the_rate():
    assert rekognition.read_rate({}) is None
    assert rekognition.read_rate({"SANDBOX_REKOGNITION_TPS": "2000"}) == 2000


@pytest.mark.parametrize("text", ["fast", "0", "-1", "nan"])
def test_a_rate_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="give requests per second as a number above 0"):
        rekognition.read_rate({"SANDBOX_REKOGNITION_TPS": text})


@pytest.mark.parametrize("names", [["SMILES"], ["ALL", "nothing"], ["default"]])
def test_an_unknown_attribute_is_refused(names):
    with pytest.raises(ServiceError) as raised:
        rekognition.wanted_members(names)
    assert raised.value.code == "ValidationException"
    assert "Member must satisfy enum value set" in raised.value.message


def test_a_sandbox_that_is_started_hears_of_the_rate(tmp_path):
    seen = server_environment(
        {"SANDBOX_REKOGNITION_TPS": "2000"},
        port=1,
        iam=True,
        state=tmp_path,
        home=tmp_path,
        path="",
    )
    assert rekognition.read_rate(seen) == 2000
