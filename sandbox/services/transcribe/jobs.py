"""Transcription jobs of an account in a Region: which run, which wait, and what they are called."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.services.transcribe.spelling import Spellings

AT_ONCE = 250  # AWS's default quota of concurrent transcription jobs
_ECHOED = (
    "LanguageCode",
    "MediaSampleRateHertz",
    "MediaFormat",
    "Media",
    "Settings",
    "JobExecutionSettings",
    "IdentifyLanguage",
    "LanguageOptions",
    "LanguageIdSettings",
    "Tags",
)
_SUMMARY = (
    "TranscriptionJobName",
    "CreationTime",
    "StartTime",
    "CompletionTime",
    "LanguageCode",
    "TranscriptionJobStatus",
    "FailureReason",
    "IdentifyLanguage",
    "IdentifiedLanguageScore",
)


class ConflictError(Exception):
    """There is a job of that name."""


class FullError(Exception):
    """As many jobs run as may, and this one does not want to wait."""


@dataclass(eq=False)
class Job:
    """One job: what was asked for, as whom it reads and writes, and how it went."""

    request: dict[str, Any]
    output: tuple[str, str]  # bucket, key
    acts_as: str  # an access key
    spellings: Spellings = field(default_factory=dict)
    created: float = field(default_factory=CLOCK.time)
    status: str = "QUEUED"
    started: float | None = None
    completed: float | None = None
    failure_reason: str | None = None
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the caller called it."""
        return str(self.request["TranscriptionJobName"])

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.status in ("COMPLETED", "FAILED")

    @property
    def may_wait(self) -> bool:
        """Whether it wants to be queued when too many run."""
        return bool(self.request.get("JobExecutionSettings", {}).get("AllowDeferredExecution"))

    def begin(self) -> None:
        """Leave the queue."""
        self.status, self.started = "IN_PROGRESS", CLOCK.time()

    def end(self, failure_reason: str | None = None, **found: Any) -> None:
        """Succeed with what was found of the media, or fail with a reason."""
        self.found |= found
        self.failure_reason, self.completed = failure_reason, CLOCK.time()
        self.status = "FAILED" if failure_reason else "COMPLETED"

    def described(self) -> dict[str, Any]:
        """Show it as ``TranscriptionJob``."""
        told = {name: self.request[name] for name in _ECHOED if self.request.get(name) is not None}
        shown = {
            "TranscriptionJobName": self.name,
            "TranscriptionJobStatus": self.status,
            "CreationTime": self.created,
            "StartTime": self.started,
            "CompletionTime": self.completed,
            "FailureReason": self.failure_reason,
        }
        return told | self.found | {name: value for name, value in shown.items() if value}

    def summary(self) -> dict[str, Any]:
        """Show it as ``TranscriptionJobSummary``."""
        shown = self.described()
        kept = {name: shown[name] for name in _SUMMARY if name in shown}
        return kept | {"OutputLocationType": "CUSTOMER_BUCKET"}


class Jobs:
    """The jobs of one account in one Region."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._jobs: dict[str, Job] = {}

    def add(self, job: Job) -> None:
        """Take a job, which then runs or waits; raises `ConflictError` or `FullError`."""
        if job.name in self._jobs:
            raise ConflictError(job.name)
        if self._has_room:
            job.begin()
        elif not job.may_wait:
            raise FullError(job.name)
        self._jobs[job.name] = job

    def next(self) -> Iterator[Job]:
        """Begin the oldest of the waiting jobs, as many as may run."""
        for job in [job for job in self._jobs.values() if job.status == "QUEUED"]:
            if not self._has_room:
                return
            job.begin()
            yield job

    def find(self, name: str) -> Job | None:
        """Find a job by its name."""
        return self._jobs.get(name)

    def has(self, job: Job) -> bool:
        """Tell whether this very job is still there, and not one that took its name."""
        return self._jobs.get(job.name) is job

    def remove(self, name: str) -> None:
        """Forget a job."""
        self._jobs.pop(name, None)

    def clear(self) -> None:
        """Forget all jobs."""
        self._jobs.clear()

    def newest_first(self) -> list[Job]:
        """List all jobs."""
        return list(reversed(self._jobs.values()))

    @property
    def _has_room(self) -> bool:
        return sum(job.status == "IN_PROGRESS" for job in self._jobs.values()) < self._at_once
