"""Before the application of the streaming job goes, end what runs on it: a custom resource."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.config import Config
from botocore.exceptions import ClientError

from runtime.custom_resources import carry_out

logger = Logger()

UNENDED = ("SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "CANCELLING", "QUEUED")
GRACE_SECONDS = 120  # in which a run may end the batch that it is at
PAUSE_SECONDS = 10
QUIET_SECONDS = 60  # a start that was under way when the rules went is seen by then
LEFT_SECONDS = 30  # of the function's time, in which it answers


@cache
def client() -> Any:
    """Create the client once per execution environment, on first use."""
    config = Config(connect_timeout=3, read_timeout=30, retries={"mode": "standard"})
    return boto3.client("emr-serverless", config=config)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation, whatever happens: it would wait for an hour.

    An update ends the runs of the job as it was, so that the job as it is can be started. Before an
    application is deleted, with the stack or for another one, it is stopped as well.
    """
    end = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - LEFT_SECONDS
    carry_out(event, lambda: bring_to_an_end(event, left(end)))


def bring_to_an_end(event: Mapping[str, Any], has_time: Callable[[], bool]) -> None:
    """Stop the application that goes, or end the runs of the job as it was."""
    application = event["ResourceProperties"]["Application"]
    before = event.get("OldResourceProperties", {}).get("Application", application)
    if event["RequestType"] == "Delete" or before != application:
        stop(client(), before, has_time)
    elif event["RequestType"] == "Update":
        end_runs(client(), application, has_time)


def left(end: float) -> Callable[[], bool]:
    """Make the question whether there is time left, which waits a while before it answers."""

    def has_time() -> bool:
        time.sleep(PAUSE_SECONDS)
        return time.monotonic() < end

    return has_time


def end_runs(emr: Any, application: str, has_time: Callable[[], bool]) -> None:
    """End the runs that there are by now, and wait until they have; raises TimeoutError."""
    found = set(unended(emr, application))
    for run in found:
        cancel(emr, application, run)
    while found & set(unended(emr, application)):
        if not has_time():
            raise TimeoutError(f"runs of {application} have not ended: {sorted(found)}")


def stop(emr: Any, application: str, has_time: Callable[[], bool]) -> None:
    """End every run, until there has been none for a while, then stop the application."""
    quiet, cancelled = 0, set[str]()
    while quiet * PAUSE_SECONDS < QUIET_SECONDS:
        found = set(unended(emr, application))
        for run in found - cancelled:
            cancel(emr, application, run)
        cancelled |= found
        quiet = 0 if found else quiet + 1
        if not has_time():
            raise TimeoutError(f"runs of {application} have not ended: {sorted(found)}")
    asked = False
    while (state := state_of(emr, application)) not in ("CREATED", "STOPPED", "TERMINATED"):
        if state == "STARTED" and not asked:
            emr.stop_application(applicationId=application)
            asked = True
        if not has_time():
            raise TimeoutError(f"{application} is {state}, not STOPPED")


def unended(emr: Any, application: str) -> Iterator[str]:
    """Give the runs that have not ended; none where there is no such application any more."""
    pages = emr.get_paginator("list_job_runs").paginate(
        applicationId=application, states=list(UNENDED)
    )
    try:
        for page in pages:
            yield from (run["id"] for run in page["jobRuns"])
    except ClientError as error:
        if not is_gone(error):
            raise


def cancel(emr: Any, application: str, run: str) -> None:
    """End a run, unless it has ended meanwhile."""
    try:
        emr.cancel_job_run(
            applicationId=application, jobRunId=run, shutdownGracePeriodInSeconds=GRACE_SECONDS
        )
    except ClientError as error:
        if not is_gone(error):
            raise


def state_of(emr: Any, application: str) -> str:
    """Tell an application's state; one that is gone is TERMINATED."""
    try:
        found: Mapping[str, Any] = emr.get_application(applicationId=application)
        return str(found["application"]["state"])
    except ClientError as error:
        if is_gone(error):
            return "TERMINATED"
        raise


def is_gone(error: ClientError) -> bool:
    """Tell whether there is no such thing."""
    return bool(error.response["Error"]["Code"] == "ResourceNotFoundException")
