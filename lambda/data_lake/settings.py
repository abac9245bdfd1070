"""What the stack tells the function, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from runtime import settings

MAX_DAYS = 10_000
MAX_BYTES = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment. A value that cannot be right stops it before its first call."""

    modeled_bucket: str
    failures_bucket: str
    max_file_bytes: int
    kept: timedelta

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read environment variables; raise ValueError naming one that is missing or wrong."""
        return cls(
            modeled_bucket=settings.string(environment, "MODELED_BUCKET"),
            failures_bucket=settings.string(environment, "FAILURES_BUCKET"),
            max_file_bytes=settings.integer(
                environment, "MAX_FILE_BYTES", at_least=1, at_most=MAX_BYTES
            ),
            kept=timedelta(
                days=settings.integer(environment, "KEPT_DAYS", at_least=1, at_most=MAX_DAYS)
            ),
        )
