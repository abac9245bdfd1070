"""Processing jobs."""

from sandbox.services.sagemaker.job_service import JobService
from sandbox.services.sagemaker.processing import jobs, running


def install() -> None:
    """Serve the operations."""
    JobService(jobs.ProcessingJob, jobs.check, running.carry_out).install()
