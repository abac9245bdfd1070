"""What jobs of all kinds have in common: a request, a role, times, an end, events about it."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.events import service_events
from sandbox.services.sagemaker import names, tags
from sandbox.services.sagemaker.roles import Role

_MOST_FAILURE = 1024
_LAST_MOMENTS = ("Completed", "Failed", "Stopped")


class Job:
    """One job. A subclass says what it is called and how it is described."""

    kind = ""  # such as training-job
    what = ""  # such as Training
    title = ""  # of its events, where that is spelled otherwise

    def __init__(self, request: Mapping[str, Any], role: Role) -> None:
        self.request, self.role = dict(request), role
        self.name = str(request[f"{self.what}JobName"])
        self.arn = names.arn(self.kind, self.name)
        self.status = "InProgress"
        self.created = self.changed = CLOCK.time()
        self.started: float | None = None
        self.ended: float | None = None
        self.failure_reason = ""
        self.stop: Callable[[], None] = lambda: None  # ends its process

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.status in _LAST_MOMENTS

    def become(self, status: str, failure_reason: str = "") -> None:
        """Go on to another status, and say so on the default event bus."""
        self.status, self.changed = status, CLOCK.time()
        self.failure_reason = failure_reason[:_MOST_FAILURE]
        if self.is_over:
            self.ended = self.changed
        self.announce()

    def end(self, status: str, reason: str = "", secondary: str = "") -> None:
        """End it; only training has a secondary status."""
        self.become(status, reason)

    def begin_to_stop(self) -> None:
        """Have it stopped, which takes a while."""
        self.become("Stopping")
        self.stop()

    def summary(self) -> dict[str, Any]:
        """Show it as ``…JobSummary``."""
        raise NotImplementedError

    def described(self) -> dict[str, Any]:
        """Show it as ``Describe…Job`` does."""
        raise NotImplementedError

    def announce(self) -> None:
        """Tell the default event bus how it is; times are milliseconds there, tags an object.

        https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
        """
        detail = {**in_milliseconds(self.described()), "Tags": tags.of(self.arn)}
        kind = f"SageMaker {self.title or self.what} Job State Change"
        service_events.send("aws.sagemaker", kind, detail, resources=[self.arn])


Kind = TypeVar("Kind", bound=Job)


class Jobs(Generic[Kind]):
    """The jobs of one kind, by account, Region and name."""

    def __init__(self) -> None:
        self._jobs: Any = responses.AccountRegionScopedDict()
        self._all: list[Kind] = []

    def add(self, job: Kind) -> None:
        """Take a job."""
        self._jobs[job.name] = job
        self._all.append(job)

    def find(self, name: str) -> Kind | None:
        """Find a job by its name."""
        found: Kind | None = self._jobs.get(name)
        return found

    def remove(self, job: Kind) -> None:
        """Forget a job that is over."""
        del self._jobs[job.name]
        self._all.remove(job)

    def all(self) -> list[Kind]:
        """List the jobs of the current account and Region."""
        return list(self._jobs.values())

    def under_way(self) -> int:
        """Count the jobs that have not ended, of every account."""
        return sum(not job.is_over for job in self._all)

    def clear(self) -> None:
        """Stop and forget all jobs."""
        for job in self._all:
            job.stop()
        self._all.clear()
        self._jobs.clear()


def in_milliseconds(value: Any) -> Any:
    """Spell the times of a description as events do."""
    if isinstance(value, dict):
        return {
            name: int(inner * 1000)
            if name.endswith("Time") and isinstance(inner, float)
            else in_milliseconds(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [in_milliseconds(inner) for inner in value]
    return value
