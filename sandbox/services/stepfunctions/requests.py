"""The other requests about executions: stop, list, show, and forget with their machine."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response, now_iso
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from sandbox.core import emulator
from sandbox.services.stepfunctions import callbacks, engine, start_quota, tokens
from sandbox.services.stepfunctions.runs import RUNNING

Reply = tuple[int, dict[str, str], bytes]
_SFN = "ministack.services.stepfunctions"


def install() -> None:
    """Answer for EXPRESS executions as AWS does, and end what is to end."""
    emulator.replace(f"{_SFN}:_stop_execution", "(data)", lambda _: _stop)
    emulator.replace(f"{_SFN}:_delete_state_machine", "(data)", _ending)
    emulator.replace(f"{_SFN}:_start_sync_execution", "(data)", _express_only)
    emulator.replace(f"{_SFN}:_list_executions", "(data)", _standard_only)
    for name in ("_describe_execution", "_get_execution_history"):
        emulator.replace(f"{_SFN}:{name}", "(data)", _kept_only)
    emulator.replace(f"{_SFN}:reset", "()", _forgetful)
    handler: dict[str, Any] = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    handler["delete"] = _ending_template(handler["delete"])


def _stop(data: Mapping[str, Any]) -> Reply:
    arn = str(data.get("executionArn"))
    if ":express:" in arn:
        return _wrong_kind()
    record = stepfunctions._executions.get(arn)
    if record is None:
        return _error("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    run = RUNNING.get(arn)
    if run is not None:
        run.abort(data.get("error"), data.get("cause"))
    reply: Reply = json_response({"stopDate": record["stopDate"] or now_iso()})
    return reply


def _ending(original: Callable[..., Reply]) -> Callable[..., Reply]:
    """Let no execution outlive its machine."""

    def delete(data: Mapping[str, Any]) -> Reply:
        end_all(str(data.get("stateMachineArn")))
        return original(data)

    return delete


def end_all(machine_arn: str) -> None:
    """Abort all executions of a machine."""
    for run in list(RUNNING.values()):
        if run.machine.arn == machine_arn and not run.is_child:
            run.abort()


def _express_only(original: Callable[..., Reply]) -> Callable[..., Reply]:
    def start_sync(data: Mapping[str, Any]) -> Reply:
        stored = stepfunctions._state_machines.get(data.get("stateMachineArn"))
        if stored is not None and stored["type"] != "EXPRESS":
            return _wrong_kind()
        return original(data)

    return start_sync


def _standard_only(original: Callable[..., Reply]) -> Callable[..., Reply]:
    def list_executions(data: Mapping[str, Any]) -> Reply:
        stored = stepfunctions._state_machines.get(data.get("stateMachineArn"))
        if stored is not None and stored["type"] == "EXPRESS":
            return _wrong_kind()
        return original(data)

    return list_executions


def _kept_only(original: Callable[..., Reply]) -> Callable[..., Reply]:
    """Say nothing of EXPRESS executions, of which AWS keeps nothing but logs."""

    def show(data: Mapping[str, Any]) -> Reply:
        record = stepfunctions._executions.get(data.get("executionArn"))
        if ":express:" in str(data.get("executionArn")) and not (record or {}).get("mapRunArn"):
            return _error(
                "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'"
            )
        return original(data)

    return show


def _ending_template(original: Callable[..., None]) -> Callable[..., None]:
    def delete(physical_id: str, properties: Any) -> None:
        end_all(physical_id)
        original(physical_id, properties)

    return delete


def _forgetful(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        for run in list(RUNNING.values()):
            run.forget()
        RUNNING.clear()
        engine.abandon_all()
        tokens.forget()
        callbacks.forget()
        start_quota.reset()
        original()

    return reset


def _wrong_kind() -> Reply:
    return _error(
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )


def _error(code: str, message: str) -> Reply:
    reply: Reply = error_response_json(code, message, 400)
    return reply
