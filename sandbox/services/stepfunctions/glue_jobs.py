"""Runs of Glue's jobs as tasks: ``glue:startJobRun``, and ``.sync``, which waits for their end."""

import time
from collections.abc import Mapping
from typing import Any, Never

from sandbox.core.emulator import PARTITION
from sandbox.services.glue.job_runs import OVER
from sandbox.services.stepfunctions import integrations
from sandbox.services.stepfunctions.abandoned import is_abandoned
from sandbox.services.stepfunctions.payloads import as_text
from sandbox.services.stepfunctions.upstream import stepfunctions

_LOOK_SECONDS = 0.1


def install() -> None:
    """Serve the integration, which the emulator has not."""
    stepfunctions._SERVICE_DISPATCH[f"arn:{PARTITION}:states:::glue:startJobRun"] = _start


def _start(resource: str, given: Mapping[str, Any]) -> Any:
    answer = integrations.first_sdk("glue", "startJobRun", dict(given))
    if not resource.endswith(".sync"):
        return {**answer.result, **integrations.metadata(answer)}
    run = {"JobName": given["JobName"], "RunId": answer.result["JobRunId"]}
    while True:
        if is_abandoned():
            _stop(run)
        found = integrations.first_sdk("glue", "getJobRun", run).result["JobRun"]
        if found["JobRunState"] in OVER:
            break
        time.sleep(_LOOK_SECONDS)
    if found["JobRunState"] != "SUCCEEDED":
        raise integrations.failed("States.TaskFailed", as_text(found))
    return found


def _stop(run: Mapping[str, str]) -> Never:
    """Stop what nobody waits for, as far as the role may; nobody hears what comes of it."""
    wanted = {"JobName": run["JobName"], "JobRunIds": [run["RunId"]]}
    stopped = integrations.first_sdk("glue", "batchStopJobRun", wanted).result
    raise integrations.failed("States.TaskFailed", as_text(stopped))
