"""Which hours are looked at, which files of them, and what the job that looks is told. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
MOST_FILES, MOST_BYTES = 5_000, 500_000_000  # of a window: more rows would find nothing more
FOLDER, RECORDS = "windows", "drift"
REQUEST, REFERENCE, REPORT = "request.json", "reference.json", "report.json"


@dataclass(frozen=True, slots=True)
class Window:
    """Whole hours in UTC, from ``since`` up to ``until``."""

    since: datetime
    until: datetime

    @property
    def name(self) -> str:
        """Name it by its first hour, in letters that a job's name may have."""
        return f"{self.since:%Y%m%d%H}"

    @property
    def folder(self) -> str:
        """Where what the job is told lies."""
        return f"{FOLDER}/{self.name}"

    @property
    def records(self) -> str:
        """Where what is found is kept."""
        return f"{RECORDS}/day={self.since:%Y-%m-%d}/window={self.name}"

    @property
    def hours(self) -> list[str]:
        """List its hours as SageMaker names folders of captures."""
        count = int((self.until - self.since) / HOUR)
        return [f"{self.since + n * HOUR:%Y/%m/%d/%H}/" for n in range(count)]

    @property
    def beside(self) -> list[str]:
        """List the hours before and after it: a file may begin in one and end in the next."""
        return [f"{each:%Y/%m/%d/%H}/" for each in (self.since - HOUR, self.until)]

    def document(self) -> dict[str, str]:
        """Return it as JSON has it."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat()}

    def before(self, hours: int) -> "Window":
        """Return the window of so many hours earlier."""
        return Window(self.since - hours * HOUR, self.until - hours * HOUR)

    def from_moment(self, moment: datetime) -> "Window":
        """Leave out what was before a moment; its name stays that of its first hour."""
        return Window(max(self.since, moment), self.until)


@dataclass(frozen=True, slots=True)
class File:
    """An object of S3."""

    key: str
    size: int


def window_of(moment: str, *, hours: int, lag_minutes: int) -> Window:
    """Return the last full window that ended so many minutes before, as captures come late.

    Windows begin at midnight in UTC and every so many hours, whenever they are asked for. Raises
    ValueError for what is no time with a zone.
    """
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError(f"time is {moment!r}, without a zone; allowed: such as {moment}Z")
    at = at.astimezone(UTC) - timedelta(minutes=lag_minutes)
    until = at.replace(hour=at.hour - at.hour % hours, minute=0, second=0, microsecond=0)
    return Window(until - hours * HOUR, until)


def chosen(files: Iterable[File]) -> tuple[list[str], int]:
    """Choose files evenly, as many as one job reads; gives their keys and how many are left out."""
    found = sorted(files, key=lambda file: file.key)
    total = sum(file.size for file in found)
    share = max(len(found) / MOST_FILES, total / MOST_BYTES, 1)
    kept = [found[int(place * share)].key for place in range(int(len(found) / share))]
    return kept, len(found) - len(kept)


def manifest(bucket: str, keys: Sequence[str]) -> bytes:
    """Write a list of files as SageMaker reads it."""
    return json.dumps([{"prefix": f"s3://{bucket}/"}, *keys]).encode()


def request(
    *,
    endpoint: str,
    served: Mapping[str, str],
    window: Window,
    truth: Window,
    files: Mapping[str, Sequence[str]],
    left_out: int,
    limits: Mapping[str, float],
) -> dict[str, Any]:
    """Tell the job what to read and what to hold it to; ``served`` has variant and package."""
    return {
        "endpoint": endpoint,
        **served,
        "window": window.document(),
        "truth": truth.document(),
        "files": {name: list(keys) for name, keys in files.items()},
        "left_out_files": left_out,
        "limits": dict(limits),
    }
