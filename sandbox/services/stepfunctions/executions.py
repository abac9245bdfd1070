"""An execution from its start to one of its ends."""

import asyncio
import json
import logging
import uuid
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import engine
from sandbox.services.stepfunctions.failures import RUNTIME, StateError
from sandbox.services.stepfunctions.flows import Scope, walk
from sandbox.services.stepfunctions.payloads import fitting
from sandbox.services.stepfunctions.runs import Machine, Run, seconds_allowed
from sandbox.services.stepfunctions.upstream import stepfunctions

logger = logging.getLogger("sandbox")


def install() -> None:
    """Run executions in the place of the emulator."""
    patching.replace(
        stepfunctions,
        "_run_execution",
        _run,
        because="our interpreter has AWS's clocks, limits, retries, history and distributed maps",
    )


def new_record(arn: str, machine_arn: str, name: str, given: str) -> dict[str, Any]:
    """Make the emulator's record of an execution that begins."""
    return {
        "executionArn": arn,
        "stateMachineArn": machine_arn,
        "name": name,
        "status": "RUNNING",
        "startDate": responses.now_iso(),
        "stopDate": None,
        "input": given,
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": {"included": True},
        "events": [],
    }


def child_of(parent: Run, map_run: Mapping[str, Any], kind: str, given: str) -> Run:
    """Make the child execution of a Map Run for one input."""
    machine_arn, name = map_run["_stateMachineArn"], str(uuid.uuid4())
    arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
    if kind == "EXPRESS":
        arn = f"{machine_arn.replace(':stateMachine:', ':express:')}:{name}:{uuid.uuid4()}"
    record = new_record(arn, machine_arn, name, given)
    record["mapRunArn"] = map_run["mapRunArn"]
    stepfunctions._executions[arn] = record
    return Run(record, parent.machine, kind, is_child=True)


def _run(exec_arn: str) -> None:
    """Set an execution going, as whoever the current context says; wait for a synchronous one."""
    record = stepfunctions._executions.get(exec_arn)
    if record is None:
        return
    machine = record.pop("_machine", None)
    if machine is None:  # the emulator made the record, for StartSyncExecution
        machine = Machine.of(stepfunctions._state_machines[record["stateMachineArn"]])
        record["events"].clear()
    run = Run(record, machine, machine.kind)

    async def carried_out() -> None:
        run.task = asyncio.current_task()
        language = machine.definition.get("QueryLanguage", "JSONPath")
        scope = Scope(run, run.trail, language, ChainMap())
        await carry_out(run, machine.definition, scope)

    future = engine.launch(carried_out())
    if record.get("sync"):
        future.result()


async def carry_out(run: Run, flow: Mapping[str, Any], scope: Scope) -> None:
    """Take an execution from its start to one of its ends."""
    if run.record["status"] != "RUNNING":
        return  # stopped before its first state
    try:
        async with asyncio.timeout(seconds_allowed(run.kind, flow)) as clock:
            output = await walk(flow, json.loads(run.record["input"]), scope)
            run.succeed(fitting(output, run.machine.name))
    except TimeoutError:
        if clock.expired():
            run.time_out()
        else:
            logger.exception("the sandbox failed in execution %s", run.arn)
            run.fail(StateError(RUNTIME, "a call of the sandbox itself took too long"))
    except StateError as failure:
        run.fail(failure)
    except asyncio.CancelledError:
        run.abort()
        if not run.is_child:
            return
        raise
    except Exception as error:
        logger.exception("the sandbox failed in execution %s", run.arn)
        run.fail(StateError(RUNTIME, f"{type(error).__name__}: {error}"))
