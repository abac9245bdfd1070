"""The other requests about executions: stop, list, show, and forget with their machine."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners, responses
from sandbox.services.stepfunctions import callbacks, engine, start_quota, tokens
from sandbox.services.stepfunctions.runs import RUNNING
from sandbox.services.stepfunctions.upstream import stepfunctions

Reply = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Answer for EXPRESS executions as AWS does, and end what is to end."""
    patching.replace(
        stepfunctions, "_stop_execution", _stop, because="stopping ends our interpreter's run"
    )
    patching.wrap(
        stepfunctions,
        "_delete_state_machine",
        _ending,
        because="a machine that is deleted ends its executions",
    )
    patching.wrap(
        stepfunctions,
        "_start_sync_execution",
        _express_only,
        because="only an EXPRESS machine answers a synchronous start",
    )
    patching.wrap(
        stepfunctions,
        "_list_executions",
        _standard_only,
        because="executions of an EXPRESS machine are not listed",
    )
    for name in ("_describe_execution", "_get_execution_history"):
        patching.wrap(
            stepfunctions,
            name,
            _kept_only,
            because="executions of an EXPRESS machine are not kept to be looked at",
        )
    patching.wrap(
        stepfunctions, "reset", _forgetful, because="a reset ends our interpreter's runs too"
    )
    patching.wrap_item(
        provisioners,
        "_RESOURCE_HANDLERS",
        ("AWS::StepFunctions::StateMachine", "delete"),
        _ending_template,
        because="a machine that is deleted ends its executions, and none of them is kept",
    )


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
    reply: Reply = responses.json_response({"stopDate": record["stopDate"] or responses.now_iso()})
    return reply


def _ending(original: Callable[..., Reply]) -> Callable[..., Reply]:
    """Let no execution outlive its machine."""

    def delete(data: Mapping[str, Any]) -> Reply:
        _end_all(str(data.get("stateMachineArn")))
        return original(data)

    return delete


def _end_all(machine_arn: str) -> None:
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
        stepfunctions._delete_state_machine({"stateMachineArn": physical_id})
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
    reply: Reply = responses.error_response_json(code, message, 400)
    return reply
