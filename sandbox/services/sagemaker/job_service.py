"""Jobs of one kind: made, described, listed, stopped and deleted."""

from collections.abc import Callable, Mapping
from typing import Any, Generic

from sandbox.core import in_flight
from sandbox.core.emulator import ServiceError
from sandbox.services.sagemaker import names, operations, pages, tags
from sandbox.services.sagemaker.job_records import Jobs, Kind
from sandbox.services.sagemaker.job_running import Ending, Runner
from sandbox.services.sagemaker.operations import Request, invalid
from sandbox.services.sagemaker.roles import Role


class JobService(Generic[Kind]):
    """The operations on one kind of job.

    ``check`` refuses a request, ``carry_out`` does a job and says how it ended; ``role_of`` finds
    the role's ARN in a request that has it elsewhere than at its top. AWS has no operation that
    deletes jobs of some kinds: then ``is_deleted`` is false.
    """

    def __init__(
        self,
        make: type[Kind],
        check: Callable[[Mapping[str, Any]], None],
        carry_out: Callable[[Kind], Ending],
        role_of: Callable[[Mapping[str, Any]], str] = lambda request: str(request["RoleArn"]),
        *,
        is_deleted: bool = True,
    ) -> None:
        self._is_deleted = is_deleted
        self._make, self._check, self._carry_out = make, check, carry_out
        self._role_of = role_of
        self._what, self._member = make.what, f"{make.what}JobName"
        self._jobs, self._runner = Jobs[Kind](), Runner(f"{make.what.lower()} job")

    def install(self) -> None:
        """Serve the operations."""
        in_flight.watch(f"{self._what.lower()} job to be done", self._jobs.under_way)
        operations.on_reset(self._jobs.clear)
        operations.add(
            {
                f"Create{self._what}Job": self._create,
                f"Describe{self._what}Job": lambda request: self.found(request).described(),
                f"List{self._what}Jobs": self._list,
                f"Stop{self._what}Job": self._stop,
            }
        )
        if self._is_deleted:
            operations.add({f"Delete{self._what}Job": self._delete})

    def _create(self, request: Request) -> Any:
        self._check(request)
        name = request[self._member]
        arn = names.arn(self._make.kind, name)
        if self._jobs.find(name):
            raise ServiceError(
                "ResourceInUse",
                f"{self._what} job names must be unique within an AWS account and region, and a "
                f"{self._what.lower()} job with this name already exists ({arn})",
            )
        job = self.begin(request, Role(self._role_of(request), arn))
        return {f"{self._what}JobArn": job.arn}

    def begin(self, request: Request, role: Role) -> Kind:
        """Begin a job whose request was checked."""
        job = self._make(request, role)
        tags.put(job.arn, request.get("Tags"))
        self._jobs.add(job)
        job.announce()
        self._runner.begin(job, lambda: self._carry_out(job))
        return job

    def _list(self, request: Request) -> Any:
        return pages.page(
            request,
            f"{self._what}JobSummaries",
            [job.summary() for job in self._jobs.all()],
            name=self._member,
            status=f"{self._what}JobStatus",
        )

    def _stop(self, request: Request) -> Any:
        job = self.found(request)
        if job.is_over:
            raise invalid(
                f"The request was rejected because the {self._what.lower()} job is in status "
                f"{job.status}."
            )
        if job.status == "InProgress":
            job.begin_to_stop()
        return {}

    def _delete(self, request: Request) -> Any:
        arn = names.arn(self._make.kind, request[self._member])
        job = self._jobs.find(request[self._member])
        if job is None:
            raise operations.not_found(arn)
        if not job.is_over:
            raise ServiceError("ResourceInUse", f"{arn} is {job.status}; stop it first")
        self._jobs.remove(job)
        tags.drop(arn)
        return {}

    def found(self, request: Request) -> Kind:
        """Find the job that a request names; raises ServiceError when there is none."""
        job = self._jobs.find(request[self._member])
        if job is None:
            raise invalid("Requested resource not found.")
        return job
