"""What the stack tells the function, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from runtime import settings

# More threads than this would outgrow the connections that they share.
MAX_CONCURRENT_CALLS = 100
MAX_DAYS = 10_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment. A value that cannot be right stops it before its first call."""

    results_bucket: str
    ledger_table: str
    ledger_days: int
    delete_frames: bool
    repeats_count_once: bool
    calls_per_second: float
    concurrent_calls: int
    max_capture_age: timedelta

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read environment variables; raise ValueError naming one that is missing or wrong."""
        return cls(
            results_bucket=settings.string(environment, "RESULTS_BUCKET"),
            ledger_table=settings.string(environment, "LEDGER_TABLE"),
            ledger_days=settings.integer(environment, "LEDGER_DAYS", at_least=1, at_most=MAX_DAYS),
            delete_frames=settings.boolean(environment, "DELETE_FRAMES"),
            repeats_count_once=settings.boolean(environment, "REPEATS_COUNT_ONCE"),
            calls_per_second=settings.number(
                environment, "CALLS_PER_SECOND", at_least=0.001, at_most=10_000
            ),
            concurrent_calls=settings.integer(
                environment, "CONCURRENT_CALLS", at_least=1, at_most=MAX_CONCURRENT_CALLS
            ),
            max_capture_age=timedelta(
                days=settings.integer(
                    environment, "MAX_CAPTURE_AGE_DAYS", at_least=0, at_most=MAX_DAYS
                )
            ),
        )
