"""A step's call of SageMaker: with the rights of the pipeline's role, tried again as it says."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.exceptions import ClientError

from sandbox.core import service_models
from sandbox.core.clock import CLOCK
from sandbox.services.sagemaker.pipelines.definitions import CALLS, Step
from sandbox.services.sagemaker.registry import packages
from sandbox.services.sagemaker.roles import Role

LOOK_SECONDS = 0.1
# What a step waits for, and what that is called in the metadata of the execution.
_AWAITED = {
    "Training": ("TrainingJob", "TrainingJob"),
    "Processing": ("ProcessingJob", "ProcessingJob"),
    "Tuning": ("HyperParameterTuningJob", "TuningJob"),
    "Transform": ("TransformJob", "TransformJob"),
}
_LONGEST_NAME = 63
_LONGEST_TUNING = 32
_OVER = ("Completed", "Failed", "Stopped")


class StepError(Exception):
    """Why a step failed, and what kind of failure a retry policy would call that."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class StoppedError(Exception):
    """The execution was stopped, and the step with it."""


class Called(NamedTuple):
    """What a step made: its properties, and its metadata in the execution's list."""

    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]


class Caller:
    """Makes the calls of one execution."""

    def __init__(self, role: Role, execution_arn: str, is_stopped: Callable[[], bool]) -> None:
        self._client: Any = role.client("sagemaker")
        self._arn, self._is_stopped = execution_arn, is_stopped

    def call(
        self,
        step: Step,
        arguments: Mapping[str, Any],
        begun: Callable[[Mapping[str, Any]], None],
        attempted: Callable[[int], None],
    ) -> Called:
        """Carry out a step whose arguments are known; raises StepError or StoppedError.

        ``begun`` hears of what was made, before it has ended.
        """
        attempt, began = 1, CLOCK.time()
        while True:
            attempted(attempt)
            try:
                return self._once(step, arguments, begun)
            except StepError as error:
                seconds = _pause(step, error.kind, attempt, CLOCK.time() - began)
                if seconds is None or self._is_stopped():
                    raise
                CLOCK.rest(seconds)
                attempt += 1

    def _once(
        self,
        step: Step,
        arguments: Mapping[str, Any],
        begun: Callable[[Mapping[str, Any]], None],
    ) -> Called:
        operation, own = CALLS[step.kind]
        request = dict(arguments)
        if own:
            request[own] = self._name(step)
        request = self._tagged(operation, request)
        try:
            made = self._method(operation)(**_typed(operation, request))
        except ClientError as error:
            raise StepError(_said(error), _kind(error)) from error
        if step.kind in _AWAITED:
            return self._awaited(step, str(request[own]), made, begun)
        # What these are is known without a look, for which the role would need a right.
        if step.kind == "RegisterModel":
            arn = made["ModelPackageArn"]
            return Called(packages.found(arn), {"RegisterModel": {"Arn": arn}})
        return Called({**request, **made}, {"Model": {"Arn": made["ModelArn"]}})

    def _awaited(
        self,
        step: Step,
        name: str,
        made: Mapping[str, Any],
        begun: Callable[[Mapping[str, Any]], None],
    ) -> Called:
        kind, told = _AWAITED[step.kind]
        metadata = {told: {"Arn": made[f"{kind}Arn"]}}
        begun(metadata)
        named, stopping = {f"{kind}Name": name}, False
        while True:
            shown = self._described(kind, named)
            if shown.get(f"{kind}Status") in _OVER:
                break
            if self._is_stopped() and not stopping:
                stopping = True
                self._method(f"Stop{kind}")(**named)
            CLOCK.sleep(LOOK_SECONDS)
        if shown[f"{kind}Status"] == "Completed":
            return Called(shown, metadata)
        if self._is_stopped():
            raise StoppedError
        reason = shown.get("FailureReason") or f"it is {shown[f'{kind}Status']}"
        internal = "SageMaker.JOB_INTERNAL_ERROR" if "InternalServerError" in reason else ""
        raise StepError(f"{kind} {name}: {reason}", internal)

    def _method(self, operation: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(self._client, xform_name(operation))
        return found

    def _described(self, kind: str, named: Mapping[str, str]) -> dict[str, Any]:
        """Look how a job goes; empty when nobody answered, which the next look may mend."""
        try:
            shown = self._method(f"Describe{kind}")(**named)
        except ClientError as error:
            if _kind(error):
                return {}
            raise StepError(_said(error)) from error
        shown.pop("ResponseMetadata", None)
        parsed: dict[str, Any] = json.loads(json.dumps(shown, default=_instant))
        return parsed

    def _name(self, step: Step) -> str:
        """Name what a step makes as AWS does: by its execution, its step, and a chance."""
        execution, chance = self._arn.rpartition("/")[2], secrets.token_hex(5)
        kept = re.sub(r"[^A-Za-z0-9-]", "-", step.name)
        if step.kind == "Tuning":
            return f"{execution}-{kept[: _LONGEST_TUNING - len(execution) - 12]}-{chance}"
        room = _LONGEST_NAME - len(f"pipelines-{execution}--{chance}")
        return f"pipelines-{execution}-{kept[:room].strip('-')}-{chance}"

    def _tagged(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        shape = service_models.model("sagemaker").operation_model(operation).input_shape
        if "Tags" not in shape.members or operation == "CreateModelPackage":
            return request
        own = {"Key": "sagemaker:pipeline-execution-arn", "Value": self._arn}
        return {**request, "Tags": [*(request.get("Tags") or []), own]}


def _pause(step: Step, kind: str, attempt: int, spent: float) -> float | None:
    """Say how long to wait before a step is tried again; None when it is not."""
    for policy in step.given.get("RetryPolicies") or []:
        if kind not in policy.get("ExceptionType", []):
            continue
        most, minutes = policy.get("MaxAttempts"), policy.get("ExpireAfterMin")
        rate = float(policy.get("BackoffRate", 2.0))
        seconds = float(policy.get("IntervalSeconds", 1)) * rate ** (attempt - 1)
        if most is not None and attempt <= int(most):
            return seconds
        if minutes is not None and spent + seconds <= int(minutes) * 60:
            return seconds
    return None


def _kind(error: ClientError) -> str:
    code = error.response["Error"].get("Code", "")
    if code in ("ThrottlingException", "Throttling", "RequestLimitExceeded"):
        return "Step.THROTTLING"
    if code == "ResourceLimitExceeded":
        return "SageMaker.RESOURCE_LIMIT"
    if error.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= 500:
        return "Step.SERVICE_FAULT"
    return ""


def _said(error: ClientError) -> str:
    why = error.response["Error"].get("Message")
    return f"ClientError: Failed to invoke sagemaker:{error.operation_name}. Error Details: {why}"


def _typed(operation: str, request: Mapping[str, Any]) -> Any:
    """Spell numbers and texts as the API wants them, which a definition may give as either."""
    shape = service_models.model("sagemaker").operation_model(operation).input_shape
    return _as(shape, request)


def _as(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            members = shape.members
            return {
                name: _as(members[name], inner) if name in members else inner
                for name, inner in value.items()
            }
        case "list" if isinstance(value, list):
            return [_as(shape.member, inner) for inner in value]
        case "map" if isinstance(value, Mapping):
            return {name: _as(shape.value, inner) for name, inner in value.items()}
        case "string" if isinstance(value, int | float):
            return str(value).lower() if isinstance(value, bool) else str(value)
        case "integer" | "long" if isinstance(value, str) and value.isdecimal():
            return int(value)
    return value


def _instant(value: Any) -> str:
    return str(value.isoformat())
