"""Before the pipeline goes, end what runs and take away what it made: a custom resource's entry."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.config import Config
from botocore.exceptions import ClientError

from runtime.custom_resources import carry_out
from runtime.errors import failure_of

logger = Logger()

POLL_SECONDS = 5
SPARE_SECONDS = 30  # of the function's time, in which it answers
MOST = 100  # of a page; the service gives ten by itself
# A package after the other, and a job: whoever is throttled waits, with jitter.
PATIENT = Config(retries={"mode": "standard", "max_attempts": 10})
_ABSENT = ("ResourceNotFound", "ResourceNotFoundException")


class Kind(NamedTuple):
    """A kind of job: how it is listed, where, by which name, and how it is deleted."""

    listing: str
    member: str
    name: str
    deletion: str


EXECUTIONS = ("list_pipeline_executions", "PipelineExecutionSummaries")
PACKAGES = ("list_model_packages", "ModelPackageSummaryList")
JOBS = (
    Kind("list_training_jobs", "TrainingJobSummaries", "TrainingJobName", "delete_training_job"),
    Kind(
        "list_processing_jobs",
        "ProcessingJobSummaries",
        "ProcessingJobName",
        "delete_processing_job",
    ),
)


class Removal:
    """Executions of a pipeline, their jobs, and their packages; what is gone is no matter.

    ``has_time`` waits for a while and tells whether there is time left; without any, everything
    here raises TimeoutError, and may be asked for once more.
    """

    def __init__(self, sagemaker: Any, has_time: Callable[[], bool]) -> None:
        self._sagemaker, self._has_time = sagemaker, has_time

    def stop(self, pipeline: str) -> list[str]:
        """End what runs, without which no pipeline can be deleted; gives all executions' ARNs.

        The service stops the jobs of an execution, with the rights of the pipeline's role.
        """
        while True:
            found = {
                each["PipelineExecutionArn"]: each["PipelineExecutionStatus"]
                for each in self._all(*EXECUTIONS, PipelineName=pipeline)
            }
            going = [arn for arn, status in found.items() if status in ("Executing", "Stopping")]
            if not going:
                return list(found)
            for arn in going:
                if found[arn] == "Executing":
                    stop = self._sagemaker.stop_pipeline_execution
                    self._ask(partial(stop, PipelineExecutionArn=arn))
            self._wait(f"{len(going)} executions of {pipeline} have not stopped")

    def delete_jobs(self, executions: Collection[str]) -> None:
        """Delete the jobs of executions: the service names them ``pipelines-<execution>-…``."""
        prefixes = tuple(f"pipelines-{arn.rpartition('/')[2]}-" for arn in executions)
        for kind in JOBS:
            found = self._all(kind.listing, kind.member, NameContains="pipelines-")
            names = [each[kind.name] for each in found]
            for name in filter(lambda name: name.startswith(prefixes), names):
                delete = partial(getattr(self._sagemaker, kind.deletion), **{kind.name: name})
                while not self._ask(delete):
                    self._wait(f"job {name} is not over")

    def delete_packages(self, group: str) -> None:
        """Delete the versions of a group, each with its model card; the group stays."""
        found = list(self._all(*PACKAGES, ModelPackageGroupName=group))
        for arn in (each["ModelPackageArn"] for each in found):
            delete = partial(self._sagemaker.delete_model_package, ModelPackageName=arn)
            while not self._ask(delete):
                self._wait(f"{arn} is not deleted")

    def _all(self, listing: str, member: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """List everything; nothing, where what it would be in is gone."""
        pages = self._sagemaker.get_paginator(listing).paginate(
            **asked, PaginationConfig={"PageSize": MOST}
        )
        try:
            for page in pages:
                yield from page[member]
        except ClientError as error:
            if not is_gone(error):
                raise

    def _ask(self, call: Callable[[], Any]) -> bool:
        """Tell whether it was done, or there is nothing to do; what may not be done is raised."""
        try:
            call()
        except ClientError as error:
            if is_gone(error):
                return True
            if failure_of(error).is_denial:
                raise
            logger.info("not yet", extra={"error": str(failure_of(error))})
            return False
        return True

    def _wait(self, what: str) -> None:
        if not self._has_time():
            raise TimeoutError(f"{what} in time; delete the stack once more")


def is_gone(error: ClientError) -> bool:
    """Tell whether there is no such thing; of packages and groups only the message says so."""
    failure = failure_of(error)
    return failure.code in _ABSENT or "does not exist" in failure.message


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: nothing is made here, and all that may go goes with the resource."""
    end: float = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS

    def has_time() -> bool:
        time.sleep(POLL_SECONDS)
        return time.monotonic() < end

    carry_out(event, lambda: remove(event, boto3.client("sagemaker", config=PATIENT), has_time))


def remove(event: Mapping[str, Any], sagemaker: Any, has_time: Callable[[], bool]) -> None:
    """Stop what runs in any case; delete what was made only if the stack's data go with it."""
    if event["RequestType"] != "Delete":
        return
    told, removal = event["ResourceProperties"], Removal(sagemaker, has_time)
    executions = removal.stop(told["PipelineName"])
    if told["DeletesData"] == "true":
        removal.delete_jobs(executions)
        removal.delete_packages(told["PackageGroup"])
