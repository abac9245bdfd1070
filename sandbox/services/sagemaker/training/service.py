"""Training jobs."""

from sandbox.services.sagemaker.job_service import JobService
from sandbox.services.sagemaker.training import jobs, running

SERVICE = JobService(jobs.TrainingJob, jobs.check, running.carry_out)


def install() -> None:
    """Serve the operations."""
    SERVICE.install()
