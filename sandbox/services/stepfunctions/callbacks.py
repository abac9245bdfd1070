"""SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat and GetActivityTask."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.services.stepfunctions import payloads, tokens
from sandbox.services.stepfunctions.failures import StateError
from sandbox.services.stepfunctions.tokens import Pending
from sandbox.services.stepfunctions.upstream import stepfunctions

Reply = tuple[int, dict[str, str], bytes]
_POLL_SECONDS = 60.0
_LOOK_EVERY = 0.05


@dataclass
class Assignment:
    """A task that waits for a worker of an activity."""

    pending: Pending
    given: str
    started: Callable[[str | None], None]


_WAITING: dict[str, deque[Assignment]] = {}


def install() -> None:
    """Answer the calls that settle tasks."""
    because = "a token is settled once, by its callback or by the clock"
    patching.replace(stepfunctions, "_send_task_success", _succeed, because=because)
    patching.replace(stepfunctions, "_send_task_failure", _fail, because=because)
    patching.replace(stepfunctions, "_send_task_heartbeat", _beat, because=because)
    patching.replace(
        stepfunctions,
        "_get_activity_task",
        _hand_out,
        because="an activity's task is handed to one worker, with our interpreter's token",
    )


def offer(activity_arn: str, assignment: Assignment) -> None:
    """Queue a task for the workers of an activity."""
    _WAITING.setdefault(activity_arn, deque()).append(assignment)


def forget() -> None:
    """Drop all tasks of activities."""
    _WAITING.clear()


def _succeed(data: Mapping[str, Any]) -> Reply:
    output = data.get("output")
    if not isinstance(output, str):
        return _missing("output")
    try:
        json.loads(output)
    except ValueError as error:
        return _error("InvalidOutput", f"Invalid Output: '{error}'")
    if payloads.is_too_large(output):
        return _too_long("output")
    return _settle(data, lambda future: future.set_result(output))


def _fail(data: Mapping[str, Any]) -> Reply:
    failure = StateError(data.get("error") or "", data.get("cause") or "")
    return _settle(data, lambda future: future.set_exception(failure))


def _settle(data: Mapping[str, Any], settle: Callable[["asyncio.Future[str]"], None]) -> Reply:
    pending = tokens.take(str(data.get("taskToken")))
    if pending is None:
        return _gone(data)
    pending.answer(settle)
    return _done()


def _beat(data: Mapping[str, Any]) -> Reply:
    pending = tokens.find(str(data.get("taskToken")))
    if pending is None:
        return _gone(data)
    pending.beat()
    return _done()


def _gone(data: Mapping[str, Any]) -> Reply:
    if "taskToken" not in data:
        return _missing("taskToken")
    if not tokens.is_token(data["taskToken"]):
        return _error("InvalidToken", "Invalid Token: 'Invalid token'")
    # AWS says this of a token that was used, whose time is over, whose execution has ended.
    return _error("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


async def _hand_out(data: Mapping[str, Any]) -> Reply:
    arn = data.get("activityArn")
    if arn not in stepfunctions._activities:
        return _error("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
    until = time.monotonic() + _POLL_SECONDS
    while time.monotonic() < until:
        waiting = _WAITING.get(str(arn))
        while waiting:
            task = waiting.popleft()
            if tokens.find(task.pending.token) is not None:
                task.started(data.get("workerName"))
                reply: Reply = responses.json_response(
                    {"taskToken": task.pending.token, "input": task.given}
                )
                return reply
        await asyncio.sleep(_LOOK_EVERY)
    return _done()


def _done() -> Reply:
    reply: Reply = responses.json_response({})
    return reply


def _missing(name: str) -> Reply:
    return _error(
        "ValidationException",
        f"1 validation error detected: Value null at '{name}' failed to satisfy constraint: "
        "Member must not be null",
    )


def _too_long(name: str) -> Reply:
    return _error(
        "ValidationException",
        f"1 validation error detected: Value at '{name}' failed to satisfy constraint: Member "
        f"must have length less than or equal to {payloads.LARGEST_BYTES}",
    )


def _error(code: str, message: str) -> Reply:
    reply: Reply = responses.error_response_json(code, message, 400)
    return reply
