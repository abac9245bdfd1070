"""Job runs of Glue: started, described and stopped; each really runs, by this machine's Spark."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import in_flight, patching
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.glue import (
    job_definitions,
    roles,
    security_configurations,
    spark_packages,
)
from sandbox.services.glue.job_running import Runner
from sandbox.services.glue.job_runs import JobRun, JobRuns
from sandbox.services.glue.upstream import glue

Request = Mapping[str, Any]
_MINUTES = 480  # Glue 5's, where nothing is said
_CHANGEABLE = ("NumberOfWorkers", "WorkerType", "SecurityConfiguration", "ExecutionClass")
_runs, _runner = JobRuns(), Runner()


def install() -> None:
    """Put our operations in the place of the emulator's, which runs no Spark job."""
    in_flight.watch("Glue job run", _runs.under_way)
    for name, operation in {
        "_start_job_run": _start,
        "_get_job_run": _get,
        "_get_job_runs": _list,
        "_batch_stop_job_run": _stop,
    }.items():
        patching.replace(
            glue,
            name,
            _answering(operation),
            because="the emulator says that a Spark job succeeded, which it did not run",
        )
    patching.wrap(
        glue, "_delete_job", _deleting, because="runs of a job that is gone are stopped and gone"
    )
    patching.wrap(glue, "reset", _resetting, because="a reset stops and forgets our job runs too")


def warm() -> None:
    """Start a Spark now, which the first run then finds. Raises ValueError where none can run."""
    if why := spark_packages.missing():
        raise ValueError(why)
    _runner.warm()


def _answering(operation: Callable[[Request], Any]) -> Callable[[dict[str, Any]], Any]:
    @functools.wraps(operation)
    def answer(data: dict[str, Any]) -> Any:
        try:
            return responses.json_response(operation(data))
        except ServiceError as error:
            return responses.error_response_json(error.code, error.message, error.status)

    return answer


def _start(data: Request) -> Any:
    name = str(data.get("JobName"))
    job = {**_found_job(name), **{k: data[k] for k in _CHANGEABLE if data.get(k) is not None}}
    given = dict(data.get("Arguments") or {})
    if why := job_definitions.refusal(job) or job_definitions.refused_arguments(given):
        raise ServiceError("InvalidInputException", why)
    if data.get("JobRunId"):
        raise ServiceError("InvalidInputException", "the sandbox resumes no earlier run")
    at_once = job_definitions.most_at_once(job)
    if sum(not run.is_over for run in _runs.of(name)) >= at_once:
        raise ServiceError(
            "ConcurrentRunsExceededException",
            f"Concurrent runs exceeded for {name}; MaxConcurrentRuns is {at_once}",
        )
    minutes = int(data.get("Timeout") or job.get("Timeout") or _MINUTES)
    return {
        "JobRunId": _begin(
            job | security_configurations.of(job.get("SecurityConfiguration")), given, minutes
        ).run_id
    }


def _begin(
    job: Mapping[str, Any], given: Mapping[str, str], minutes: int, after: JobRun | None = None
) -> JobRun:
    run = JobRun(
        job=job,
        arguments={},
        given=given,
        timeout_minutes=minutes,
        credentials=roles.credentials(str(job["Role"]), session="GlueJobRunnerSession"),
        attempt=after.attempt + 1 if after else 0,
        previous=after.run_id if after else "",
    )
    # https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
    run.arguments = {
        **(job.get("DefaultArguments") or {}),
        "--JOB_NAME": run.name,
        "--JOB_RUN_ID": run.run_id,
        **given,
        **(job.get("NonOverridableArguments") or {}),
    }
    _runs.add(run)
    _runner.begin(run, _again)
    return run


def _again(run: JobRun) -> None:
    """Try a run again that failed, as often as its job says."""
    if run.state == "FAILED" and run.attempt < int(run.job.get("MaxRetries") or 0):
        _begin(run.job, run.given, run.timeout_minutes, after=run)


def _found_job(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = glue._jobs.get(name)
    if found is None:
        raise ServiceError("EntityNotFoundException", f"Job {name} not found")
    return found


def _get(data: Request) -> Any:
    name, run_id = str(data.get("JobName")), str(data.get("RunId"))
    if found := _runs.find(name, run_id):
        return {"JobRun": found.described()}
    raise ServiceError("EntityNotFoundException", f"Job run {run_id} not found for job {name}")


def _list(data: Request) -> Any:
    name = str(data.get("JobName"))
    _found_job(name)
    start, most = int(data.get("NextToken") or 0), int(data.get("MaxResults") or 200)
    found = _runs.of(name)
    shown = {"JobRuns": [run.described() for run in found[start : start + most]]}
    return shown | ({"NextToken": str(start + most)} if start + most < len(found) else {})


def _stop(data: Request) -> Any:
    name, stopped, errors = str(data.get("JobName")), [], []
    for run_id in data.get("JobRunIds") or []:
        run = _runs.find(name, run_id)
        if run is not None and run.state in ("STARTING", "RUNNING"):
            run.become("STOPPING")
            run.stop()
            stopped.append({"JobName": name, "JobRunId": run_id})
            continue
        code = "JobRunNotInTerminalStateException" if run else "EntityNotFoundException"
        why = f"it is {run.state}" if run else "there is no such run"
        detail = {"ErrorCode": code, "ErrorMessage": f"Job run {run_id} cannot be stopped: {why}"}
        errors.append({"JobName": name, "JobRunId": run_id, "ErrorDetail": detail})
    return {"SuccessfulSubmissions": stopped, "Errors": errors}


def _deleting(original: Callable[..., Any]) -> Callable[..., Any]:
    def delete(data: dict[str, Any]) -> Any:
        _runs.forget(str(data.get("JobName")))
        return original(data)

    return delete


def _resetting(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        _runs.clear()
        original()

    return reset
