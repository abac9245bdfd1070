"""Jobs are done in threads, some at a time; whatever happens to one, it ends and says why."""

import contextvars
import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from sandbox.core import in_flight
from sandbox.core.emulator import ServiceError
from sandbox.services.sagemaker.containers.objects import TransferError
from sandbox.services.sagemaker.job_records import Job

AT_ONCE = 4  # of a kind; each is a process of this machine, and more wait
_log = logging.getLogger(__name__)


class Ending(NamedTuple):
    """How a job ends: its status, why it failed, and the secondary status of training."""

    status: str
    reason: str = ""
    secondary: str = ""


class Runner:
    """Does the jobs of one kind; ``what`` is what is under way meanwhile."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def begin(self, job: Job, carry_out: Callable[[], Ending]) -> None:
        """Have a job done in the account and Region of the current request."""
        context = contextvars.copy_context()
        threading.Thread(
            target=lambda: context.run(self._do, job, carry_out),
            name=f"sagemaker-{job.kind}",
            daemon=True,
        ).start()

    def _do(self, job: Job, carry_out: Callable[[], Ending]) -> None:
        with in_flight.counted(self._what), self._turns:
            try:
                ending = carry_out()
            except TransferError as error:
                ending = Ending("Failed", f"ClientError: {error}")
            except ServiceError as error:
                ending = Ending("Failed", f"ClientError: {error.message}")
            except Exception as unforeseen:  # fails this job, not the sandbox
                _log.exception("%s %s", self._what, job.name)
                ending = Ending("Failed", f"InternalServerError: {unforeseen}")
            job.end(ending.status, ending.reason, ending.secondary)
