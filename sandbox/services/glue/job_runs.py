"""Runs of jobs: what was asked for, how each went, and which of them are under way."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses

OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
_ECHOED = (
    *("WorkerType", "NumberOfWorkers", "MaxCapacity", "SecurityConfiguration", "GlueVersion"),
    *("ExecutionClass", "AllocatedCapacity"),
)


@dataclass(eq=False)
class JobRun:
    """One run of one job; ``credentials`` are those of a session of the job's role."""

    job: Mapping[str, Any]  # as it was when the run began
    arguments: Mapping[str, str]
    given: Mapping[str, str]  # of these, what the caller said
    timeout_minutes: int
    credentials: Mapping[str, str]
    attempt: int = 0
    previous: str = ""
    run_id: str = field(default_factory=lambda: f"jr_{secrets.token_hex(32)}")
    state: str = "STARTING"
    started: float = field(default_factory=CLOCK.time)
    changed: float = field(default_factory=CLOCK.time)
    completed: float | None = None
    error: str = ""
    stop: Callable[[], None] = lambda: None  # ends its processes

    @property
    def name(self) -> str:
        """The job's name."""
        return str(self.job["Name"])

    @property
    def acts_as(self) -> str:
        """The access key of the session."""
        return self.credentials["AWS_ACCESS_KEY_ID"]

    @property
    def role(self) -> str:
        """The name of the job's role."""
        return str(self.job["Role"]).rpartition("/")[2]

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.state in OVER

    def become(self, state: str, error: str = "") -> None:
        """Go on to another state."""
        self.state, self.error, self.changed = state, error, CLOCK.time()
        if self.is_over:
            self.completed = self.changed

    def described(self) -> dict[str, Any]:
        """Show it as ``JobRun``."""
        shown = {
            "Id": self.run_id,
            "Attempt": self.attempt,
            "JobName": self.name,
            "JobRunState": self.state,
            "StartedOn": self.started,
            "LastModifiedOn": self.changed,
            "CompletedOn": self.completed,
            "Arguments": dict(self.given),
            "ErrorMessage": self.error,
            "PreviousRunId": self.previous,
            "ExecutionTime": int((self.completed or CLOCK.time()) - self.started),
            "Timeout": self.timeout_minutes,
            "LogGroupName": log_prefix(self),
            **{name: self.job.get(name) for name in _ECHOED},
        }
        kept = {name: value for name, value in shown.items() if value not in (None, "")}
        return {**kept, "PredecessorRuns": []}


def log_prefix(run: JobRun) -> str:
    """Name what stands before ``/output`` and ``/error`` in the names of a run's log groups.

    https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
    """
    prefix = run.arguments.get("--custom-logGroup-prefix") or "/aws-glue/jobs"
    security = run.job.get("SecurityConfiguration")
    if security and run.job.get("EncryptsLogs"):
        return f"{prefix}/{security}-role/{run.role}"
    return prefix


class JobRuns:
    """All runs of the sandbox, by account, Region and job."""

    def __init__(self) -> None:
        self._runs: Any = responses.AccountRegionScopedDict()
        self._all: list[JobRun] = []

    def add(self, run: JobRun) -> None:
        """Take a run."""
        self._runs.setdefault(run.name, []).append(run)
        self._all.append(run)

    def of(self, job: str) -> list[JobRun]:
        """List a job's runs, the newest first."""
        return list(reversed(self._runs.get(job) or []))

    def find(self, job: str, run_id: str) -> JobRun | None:
        """Find a run."""
        return next((run for run in self.of(job) if run.run_id == run_id), None)

    def under_way(self) -> int:
        """Count the runs that have not ended, of every account."""
        return sum(not run.is_over for run in self._all)

    def forget(self, job: str) -> None:
        """Stop and forget a job's runs."""
        for run in self.of(job):
            run.stop()
            self._all.remove(run)
        self._runs.pop(job, None)

    def clear(self) -> None:
        """Stop and forget all runs."""
        for run in self._all:
            run.stop()
        self._all.clear()
        self._runs.clear()
