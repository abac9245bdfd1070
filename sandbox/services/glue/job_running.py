"""Run a job's script in a process of its own, with a Spark that is warm, as the job's role."""

import contextlib
import contextvars
import json
import logging
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.core import emulator, in_flight
from sandbox.core.emulator import ServiceError
from sandbox.services.events import service_events
from sandbox.services.glue import python_modules, script_process, spark_properties
from sandbox.services.glue.job_runs import JobRun, log_prefix
from sandbox.services.glue.spark_pool import SparkPool
from sandbox.services.glue.warm_spark import StartError, WarmSpark
from sandbox.services.kms import keys
from sandbox.services.logs.role_logs import RoleLog
from sandbox.services.s3 import reading

AT_ONCE = 2  # each has a Java machine of its own
_log = logging.getLogger(__name__)
# https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-glue.html
_SAID = {
    "SUCCEEDED": ("INFO", "Job run succeeded"),
    "FAILED": ("ERROR", "Job run failed: {error}"),
    "STOPPED": ("INFO", "Job run stopped"),
    "TIMEOUT": ("WARN", "Job run timed out"),
}


class ScriptError(Exception):
    """A run cannot begin, or did not end well: what Glue says about it."""


class Runner:
    """Runs jobs, at most two at a time, each with a Spark that was kept from an earlier run."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._sparks = SparkPool(AT_ONCE)

    def warm(self) -> None:
        """Have a Spark ready before a run asks for one."""
        self._sparks.warm()

    def begin(self, run: JobRun, then: Callable[[JobRun], None]) -> None:
        """Have a run done in the account and Region of the current request."""
        context = contextvars.copy_context()
        threading.Thread(
            target=lambda: context.run(self._do, run, then), name="glue-job", daemon=True
        ).start()

    def _do(self, run: JobRun, then: Callable[[JobRun], None]) -> None:
        with in_flight.counted("job run"), self._turns:
            if run.is_over:  # stopped before its turn
                announce(run)
                return
            state, error = "SUCCEEDED", ""
            try:
                self._execute(run)
            except ScriptError as failed:
                state, error = "FAILED", str(failed)
            except Exception as unforeseen:  # fails this run, not the sandbox
                _log.exception("job run %s", run.run_id)
                state, error = "FAILED", f"Internal service error: {unforeseen}"
            if run.state in ("STOPPING", "TIMEOUT"):
                state, error = {"STOPPING": ("STOPPED", "")}.get(run.state, ("TIMEOUT", run.error))
            run.become(state, error)
            announce(run)
        then(run)

    def _execute(self, run: JobRun) -> None:
        output, error = _log_of(run, "output"), _log_of(run, "error")
        with tempfile.TemporaryDirectory(prefix="job-", ignore_cleanup_errors=True) as folder:
            order = _order(run, Path(folder))
            try:
                spark = self._sparks.take(iceberg=bool(run.arguments.get("--datalake-formats")))
            except StartError as failed:
                raise ScriptError(str(failed)) from failed
            spark.tell(error.write)
            as_it_was = False
            try:
                as_it_was = _supervise(run, spark, order, output)
            finally:
                spark.tell(None)
                self._sparks.give_back(spark, reusable=as_it_was)
            failure = script_process.failure(Path(order["result"]))
        if failure:
            raise ScriptError(failure)


def _log_of(run: JobRun, group: str) -> RoleLog:
    """Open a log of a run: ``output`` is what the script prints, ``error`` what Spark logs."""
    prefix = run.arguments.get("--custom-logStream-prefix") or run.run_id
    return RoleLog(
        f"{log_prefix(run)}/{group}",
        f"{prefix}-driver",
        who=run.name,
        access_key=run.acts_as,
        encrypted=bool(run.job.get("EncryptsLogs")),
    )


def _order(run: JobRun, folder: Path) -> dict[str, Any]:
    script = _fetched(run, str((run.job.get("Command") or {}).get("ScriptLocation")), folder)
    extra = run.arguments.get("--extra-py-files", "")
    found = [_fetched(run, place.strip(), folder) for place in extra.split(",") if place.strip()]
    for place in python_modules.asked_for(run.arguments.get(python_modules.ARGUMENT, "")):
        _fetched(run, place, folder)  # as Glue does, by the role; installed it is already
    python_files = list(dict.fromkeys(str(p if p.suffix != ".py" else folder) for p in found))
    credentials = run.credentials
    return {
        "root": str(script_process.ROOT),
        "script": str(script),
        "python_files": python_files,
        "arguments": [part for pair in run.arguments.items() for part in pair if part],
        "result": str(folder / "result.json"),
        "used": str(folder / "spark-used"),
        "credentials": credentials,
        "properties": {
            **spark_properties.encryption(run.job.get("Encryption") or {}),
            **_asked(run),
            **spark_properties.keys(credentials),
            **spark_properties.of_tasks(script_process.known_to_tasks(credentials, python_files)),
        },
    }


def _asked(run: JobRun) -> Mapping[str, str]:
    argument = run.arguments.get("--conf")
    return spark_properties.asked_for(argument) if argument else {}


def _fetched(run: JobRun, location: str, folder: Path) -> Path:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    path = folder / Path(key).name
    try:
        with emulator.acting_as(run.acts_as), keys.asked_again():
            path.write_bytes(reading.read_object(bucket, key))
    except ServiceError as error:
        raise ScriptError(f"LAUNCH ERROR | Error downloading from {location}: {error}") from error
    return path


def _supervise(run: JobRun, spark: WarmSpark, order: dict[str, Any], output: RoleLog) -> bool:
    """Wait for the script's end, or end it at its time; tells whether Spark is as it was."""
    process = subprocess.Popen(  # noqa: S603 (our own module; the script is the caller's)
        script_process.INTERPRETER,
        cwd=script_process.ROOT,
        env=script_process.environment(spark, order),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    run.stop = process.kill
    if run.state == "STARTING":
        run.become("RUNNING")
    else:  # stopped in between
        process.kill()
    late = threading.Timer(run.timeout_minutes * 60, _time_out, [run, process])
    late.name = "glue-timeout (_read)"
    late.daemon = True
    late.start()
    with process, contextlib.suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.write(json.dumps(order))
            process.stdin.close()
        for line in process.stdout or ():
            output.write(line.rstrip("\n"))
    late.cancel()
    run.stop = lambda: None
    ended_well = process.returncode == 0 and Path(order["result"]).exists()
    return ended_well or not Path(order["used"]).exists()


def _time_out(run: JobRun, process: subprocess.Popen[str]) -> None:
    if not run.is_over:
        run.become("TIMEOUT", "Job run timed out")
        process.kill()


def announce(run: JobRun) -> None:
    """Tell the default event bus that a run is over."""
    severity, message = _SAID[run.state]
    detail = {
        "jobName": run.name,
        "severity": severity,
        "state": run.state,
        "jobRunId": run.run_id,
        "message": message.format(error=run.error),
    }
    service_events.send("aws.glue", "Glue Job State Change", detail)
