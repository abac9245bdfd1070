"""What an account may have at work at once in a Region; a switch makes it a new account."""

import os
from collections.abc import Mapping

# What AWS grants by default. A new account gets 10 functions; open Map Runs are a hard quota.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
DEFAULTS: Mapping[str, int] = {"concurrent_functions": 1000, "open_map_runs": 1000}
MOST = 100_000

_granted = dict(DEFAULTS)


def granted(name: str) -> int:
    """Return how many of these the account may have at work at once."""
    return _granted[name]


def grant(asked: Mapping[str, int]) -> dict[str, int]:
    """Grant these, and of all else what AWS does. Raises ValueError for what no account has."""
    for name, number in asked.items():
        if name not in DEFAULTS:
            raise ValueError(f"{name!r} is no quota; allowed: {', '.join(DEFAULTS)}")
        if type(number) is not int or not 1 <= number <= MOST:
            raise ValueError(f"{name} is {number!r}; allowed: a whole number from 1 to {MOST}")
    _granted.update({**DEFAULTS, **asked})
    return dict(_granted)


def variable(name: str) -> str:
    """Name the environment variable of a quota."""
    return f"SANDBOX_{name.upper()}"


def read(environment: Mapping[str, str] = os.environ) -> dict[str, int]:
    """Read what the environment grants. Raises ValueError for text that is no number."""
    found = {}
    for name in DEFAULTS:
        if text := environment.get(variable(name)):
            if not text.isdecimal():
                raise ValueError(f"{variable(name)} is {text!r}; allowed: 1 to {MOST}")
            found[name] = int(text)
    return found
