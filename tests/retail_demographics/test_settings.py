"""Settings: a wrong value stops the function before its first call, and says what is wanted."""

from datetime import timedelta

import pytest

from retail_demographics.settings import Settings

ENVIRONMENT = {
    "RESULTS_BUCKET": "results",
    "LEDGER_TABLE": "ledger",
    "LEDGER_DAYS": "15",
    "DELETE_FRAMES": "true",
    "REPEATS_COUNT_ONCE": "true",
    "CALLS_PER_SECOND": "2.5",
    "CONCURRENT_CALLS": "8",
    "MAX_CAPTURE_AGE_DAYS": "7",
}


def test_an_environment_is_read():
    assert Settings.read(ENVIRONMENT | {"AWS_REGION": "eu-west-1"}) == Settings(
        results_bucket="results",
        ledger_table="ledger",
        ledger_days=15,
        delete_frames=True,
        repeats_count_once=True,
        calls_per_second=2.5,
        concurrent_calls=8,
        max_capture_age=timedelta(days=7),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RESULTS_BUCKET", ""),
        ("LEDGER_TABLE", " "),
        ("LEDGER_DAYS", "0"),
        ("LEDGER_DAYS", "1.5"),
        ("LEDGER_DAYS", "\u0667"),
        ("DELETE_FRAMES", "True"),
        ("DELETE_FRAMES", ""),
        ("REPEATS_COUNT_ONCE", "1"),
        ("CALLS_PER_SECOND", "0"),
        ("CALLS_PER_SECOND", "nan"),
        ("CALLS_PER_SECOND", "inf"),
        ("CALLS_PER_SECOND", "fast"),
        ("CONCURRENT_CALLS", "0"),
        ("CONCURRENT_CALLS", "101"),
        ("MAX_CAPTURE_AGE_DAYS", "-1"),
    ],
)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(ValueError, match=rf"^{name} is .*; want "):
        Settings.read(ENVIRONMENT | {name: value})


@pytest.mark.parametrize("name", sorted(ENVIRONMENT))
def test_a_missing_value_is_named(name):
    environment = {key: value for key, value in ENVIRONMENT.items() if key != name}
    with pytest.raises(ValueError, match=name):
        Settings.read(environment)
