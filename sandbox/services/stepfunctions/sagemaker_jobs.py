"""SageMaker's optimized integrations: calls, and jobs whose end a task waits for (``.sync``)."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Never

from sandbox.core.emulator import PARTITION
from sandbox.services.stepfunctions import integrations
from sandbox.services.stepfunctions.abandoned import is_abandoned
from sandbox.services.stepfunctions.payloads import as_text
from sandbox.services.stepfunctions.upstream import stepfunctions

_LOOK_SECONDS = 0.1
_OVER = ("Completed", "Failed", "Stopped")
# https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
_JOBS = ("TrainingJob", "ProcessingJob", "TransformJob", "HyperParameterTuningJob")
_OTHERS = ("createModel", "createEndpointConfig", "createEndpoint", "updateEndpoint")


def install() -> None:
    """Serve the integrations, which the emulator has not."""
    for job in _JOBS:
        stepfunctions._SERVICE_DISPATCH[_resource(f"create{job}")] = _job(job)
    for action in _OTHERS:
        stepfunctions._SERVICE_DISPATCH[_resource(action)] = _call(action)


def _resource(action: str) -> str:
    return f"arn:{PARTITION}:states:::sagemaker:{action}"


def _call(action: str) -> Callable[[str, Mapping[str, Any]], Any]:
    def call(resource: str, given: Mapping[str, Any]) -> Any:
        if resource.endswith(".sync"):
            raise integrations.failed("States.Runtime", f"{resource} does not exist")
        answer = integrations.first_sdk("sagemaker", action, dict(given))
        return {**answer.result, **integrations.metadata(answer)}

    return call


def _job(job: str) -> Callable[[str, Mapping[str, Any]], Any]:
    begin = _call(f"create{job}")

    def start(resource: str, given: Mapping[str, Any]) -> Any:
        if not resource.endswith(".sync"):
            return begin(resource, given)
        begin(resource.removesuffix(".sync"), given)
        named = {f"{job}Name": given[f"{job}Name"]}
        while True:
            if is_abandoned():
                _stop(job, named)
            found = integrations.first_sdk("sagemaker", f"describe{job}", named).result
            if found[f"{job}Status"] in _OVER:
                break
            time.sleep(_LOOK_SECONDS)
        if found[f"{job}Status"] != "Completed":
            raise integrations.failed("States.TaskFailed", as_text(found))
        return found

    return start


def _stop(job: str, named: Mapping[str, str]) -> Never:
    """Stop what nobody waits for, as far as the role may; nobody hears what comes of it."""
    integrations.first_sdk("sagemaker", f"stop{job}", dict(named))
    raise integrations.failed("States.TaskFailed", as_text(dict(named)))
