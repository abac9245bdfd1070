"""Batch transform jobs."""

from sandbox.services.sagemaker.hosting.transform import jobs, running
from sandbox.services.sagemaker.job_service import JobService


def install() -> None:
    """Serve the operations."""
    JobService(jobs.TransformJob, jobs.check, running.carry_out, jobs.role_of).install()
