"""Batch transform jobs."""

from sandbox.services.sagemaker.hosting.transform import jobs, running
from sandbox.services.sagemaker.job_service import JobService

_SERVICE = JobService(
    jobs.TransformJob, jobs.check, running.carry_out, jobs.role_of, is_deleted=False
)


def install() -> None:
    """Serve the operations."""
    _SERVICE.install()
