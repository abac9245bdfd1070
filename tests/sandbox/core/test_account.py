"""What the account grants at once is read from the environment, and checked."""

import pytest

from sandbox.core import account


@pytest.fixture(autouse=True)
def _as_before():
    yield
    account.grant({})


def test_what_nobody_says_is_what_aws_grants():
    assert account.grant(account.read({})) == dict(account.DEFAULTS)


def test_the_environment_makes_a_new_account():
    account.grant(account.read({"SANDBOX_CONCURRENT_FUNCTIONS": "10"}))
    assert account.granted("concurrent_functions") == 10
    assert account.granted("open_map_runs") == 1000


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "100001"])
def test_a_number_that_no_account_has_is_refused(text):
    with pytest.raises(ValueError, match="1 to 100000"):
        account.grant(account.read({"SANDBOX_OPEN_MAP_RUNS": text}))


def test_what_is_no_quota_is_refused():
    with pytest.raises(ValueError, match="allowed: concurrent_functions, open_map_runs"):
        account.grant({"functions": 10})
