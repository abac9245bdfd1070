"""What the stack tells the function, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from runtime import settings

MAX_DAYS = 10_000
MAX_BYTES = 10_000_000_000
MAX_LARGE_BYTES = 99_999_999_999


@dataclass(frozen=True, slots=True)
class LargeFiles:
    """Who models what is too large for the function, up to what size, in parts of which size."""

    machine: str
    max_file_bytes: int
    part_bytes: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The function's environment. A value that cannot be right stops it before its first call."""

    modeled_bucket: str
    failures_bucket: str
    large_file_bytes: int  # what is larger, decompressed, is not modeled by the function
    kept: timedelta
    large_files: LargeFiles | None = None

    @property
    def most_bytes(self) -> int:
        """The size beyond which a file is modeled by nobody."""
        return self.large_files.max_file_bytes if self.large_files else self.large_file_bytes

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read environment variables; raise ValueError naming one that is missing or wrong."""
        return cls(
            modeled_bucket=settings.string(environment, "MODELED_BUCKET"),
            failures_bucket=settings.string(environment, "FAILURES_BUCKET"),
            large_file_bytes=settings.integer(
                environment, "LARGE_FILE_BYTES", at_least=1, at_most=MAX_BYTES
            ),
            kept=timedelta(
                days=settings.integer(environment, "KEPT_DAYS", at_least=1, at_most=MAX_DAYS)
            ),
            large_files=_large_files(environment) if "LARGE_FILES_MACHINE" in environment else None,
        )


def _large_files(environment: Mapping[str, str]) -> LargeFiles:
    return LargeFiles(
        machine=settings.string(environment, "LARGE_FILES_MACHINE"),
        max_file_bytes=settings.integer(
            environment, "MAX_FILE_BYTES", at_least=1, at_most=MAX_LARGE_BYTES
        ),
        part_bytes=settings.integer(
            environment, "LARGE_FILES_PART_BYTES", at_least=1, at_most=MAX_BYTES
        ),
    )
