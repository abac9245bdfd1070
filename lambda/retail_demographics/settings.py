"""What the stack tells the function, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

# More threads than this would outgrow the connections that they share.
MAX_CONCURRENT_CALLS = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment. A value that cannot be right stops it before its first call."""

    results_bucket: str
    ledger_table: str
    ledger_days: int
    delete_frames: bool
    calls_per_second: float
    concurrent_calls: int
    max_capture_age: timedelta

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read environment variables; raise ValueError naming one that is missing or wrong."""
        return cls(
            results_bucket=_text(environment, "RESULTS_BUCKET"),
            ledger_table=_text(environment, "LEDGER_TABLE"),
            ledger_days=_whole(environment, "LEDGER_DAYS", at_least=1),
            delete_frames=_choice(environment, "DELETE_FRAMES"),
            calls_per_second=_rate(environment, "CALLS_PER_SECOND"),
            concurrent_calls=_whole(
                environment, "CONCURRENT_CALLS", at_least=1, at_most=MAX_CONCURRENT_CALLS
            ),
            max_capture_age=timedelta(days=_whole(environment, "MAX_CAPTURE_AGE_DAYS", at_least=0)),
        )


def _text(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    return value or _refuse(name, value, "want a name")


def _whole(
    environment: Mapping[str, str], name: str, *, at_least: int, at_most: int = 10_000
) -> int:
    value = environment.get(name, "")
    if not (value.isascii() and value.isdigit()) or not at_least <= int(value) <= at_most:
        _refuse(name, value, f"want a whole number from {at_least} to {at_most}")
    return int(value)


def _choice(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "")
    if value not in {"true", "false"}:
        _refuse(name, value, "want true or false")
    return value == "true"


def _rate(environment: Mapping[str, str], name: str) -> float:
    value = environment.get(name, "")
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not 0.001 <= rate <= 10_000:
        _refuse(name, value, "want calls per second from 0.001 to 10000")
    return rate


def _refuse(name: str, value: str, wanted: str) -> str:
    problem = f"{name} is {value!r}; {wanted}; it comes from the function's environment"
    raise ValueError(problem)
