"""Hyperparameter tuning jobs."""

from typing import Any

from sandbox.services.sagemaker import operations, pages
from sandbox.services.sagemaker.job_service import JobService
from sandbox.services.sagemaker.operations import Request
from sandbox.services.sagemaker.tuning import jobs

_SERVICE = JobService(
    jobs.TuningJob,
    jobs.check,
    jobs.carry_out,
    role_of=lambda request: request["TrainingJobDefinition"]["RoleArn"],
)


def install() -> None:
    """Serve the operations."""
    _SERVICE.install()
    operations.add({"ListTrainingJobsForHyperParameterTuningJob": _list_trials})


def _list_trials(request: Request) -> Any:
    job = _SERVICE.found(request)
    return pages.page(
        request,
        "TrainingJobSummaries",
        jobs.listed(job),
        name="TrainingJobName",
        status="TrainingJobStatus",
    )
