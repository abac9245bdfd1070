"""StartExecution: once for each name, within AWS's limits of size and pace."""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import payloads
from sandbox.services.stepfunctions.executions import new_record
from sandbox.services.stepfunctions.payloads import LARGEST_BYTES
from sandbox.services.stepfunctions.runs import RUNNING, Machine
from sandbox.services.stepfunctions.start_quota import may_start
from sandbox.services.stepfunctions.upstream import stepfunctions

Reply = tuple[int, dict[str, str], bytes]
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
_DESCRIBED = (
    "executionArn", "input", "inputDetails", "name", "output", "outputDetails", "startDate",
    "stateMachineArn", "status", "stopDate", "error", "cause",
)  # fmt: skip


def install() -> None:
    """Answer StartExecution, whoever asks: an SDK, a rule, a task."""
    patching.replace(
        stepfunctions,
        "_start_execution",
        start,
        because="a name starts once, within AWS's limits of size and rate, on our interpreter",
    )
    patching.replace(
        stepfunctions,
        "_invoke_nested_start_execution_sync",
        _nested,
        because="a nested execution is waited for without a thread of its own",
    )


def start(data: Mapping[str, Any]) -> Reply:
    """Start an execution, once for each name."""
    asked = str(data.get("stateMachineArn", ""))
    base = stepfunctions._resolve_state_machine_arn(asked)
    if base is None:
        return _error("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{asked}'")
    stored = stepfunctions._state_machines[base]
    version = stepfunctions._execution_version_arn(asked)
    stored = {**stored, **(stepfunctions._state_machine_versions.get(version) or {})}
    stored["stateMachineArn"], express = base, stored["type"] == "EXPRESS"
    name, given = data.get("name") or str(uuid.uuid4()), data.get("input") or "{}"
    if (refused := _refusal(name, given)) is not None:
        return refused
    if not may_start(base, express=express):
        return _error("ThrottlingException", "Rate exceeded")
    place = f"{emulator.PARTITION}:states:{responses.get_region()}:{responses.get_account_id()}"
    if express:
        arn = f"arn:{place}:express:{stored['name']}:{name}:{uuid.uuid4()}"
    else:
        arn = f"arn:{place}:execution:{stored['name']}:{name}"
        if (before := stepfunctions._executions.get(arn)) is not None:
            return _again(before, given)
    record = new_record(arn, base, str(name), given)
    record["encryptionConfiguration"] = stored.get("encryptionConfiguration")
    record["_machine"] = Machine.of(stored)
    stepfunctions._executions[arn] = record
    stepfunctions._run_execution(arn)
    reply: Reply = responses.json_response({"executionArn": arn, "startDate": record["startDate"]})
    return reply


def _refusal(name: Any, given: Any) -> Reply | None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return _error("InvalidName", f"Invalid Name: '{name}'")
    try:
        json.loads(given)
    except (ValueError, TypeError) as error:
        return _error("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'")
    if payloads.is_too_large(given):
        return _error(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member "
            f"must have length less than or equal to {LARGEST_BYTES}",
        )
    return None


def _again(before: Mapping[str, Any], given: str) -> Reply:
    """Answer a second start by one name: the same while it runs on the same input, else a no."""
    if before["status"] == "RUNNING" and before["input"] == given:
        shown = {name: before[name] for name in ("executionArn", "startDate")}
        reply: Reply = responses.json_response(shown)
        return reply
    arn = before["executionArn"]
    return _error("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")


def _nested(resource: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Start an execution and wait until it has ended, for ``states:startExecution.sync``."""
    request = stepfunctions._nested_start_execution_request(given)
    status, _, body = start(request)
    told = json.loads(body)
    if status >= 400:
        raise stepfunctions._ExecutionError(f"StepFunctions.{told['__type']}", told["message"])
    record = stepfunctions._executions[told["executionArn"]]
    run = RUNNING.get(record["executionArn"])
    if run is not None:
        run.wait()
    shown = {
        f"{name[0].upper()}{name[1:]}": value
        for name, value in record.items()
        if name in _DESCRIBED and value is not None
    }
    if record["status"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(shown))
    if resource.endswith(":2"):
        shown["Input"], shown["Output"] = json.loads(shown["Input"]), json.loads(shown["Output"])
    return shown


def _error(code: str, message: str) -> Reply:
    reply: Reply = responses.error_response_json(code, message, 400)
    return reply
