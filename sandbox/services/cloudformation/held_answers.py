"""DescribeStacks waits for the end of an operation: who polls then asks once, not every 5 s."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from sandbox.core import in_flight, patching
from sandbox.core.emulator import Handler, Reply
from sandbox.core.upstream import gateway
from sandbox.services.cloudformation.upstream import cloudformation

# Half of what the CDK pauses between two looks, and far below any client's timeout.
_LONGEST_SECONDS = 2.5
_LOOK_EVERY = 0.02


def install() -> None:
    """Hold the answers about a stack on which something is being done."""
    in_flight.watch("operation on a stack", _operations)
    patching.wrap_item(
        gateway,
        "SERVICE_HANDLERS",
        ("cloudformation",),
        _patient,
        because="the CDK asks about a stack every 5 s, and operations here take one",
    )


def _patient(answer: Handler) -> Handler:
    async def patient(
        method: str, path: str, headers: dict[str, str], body: Any, query: dict[str, Any]
    ) -> Reply:
        text = body if isinstance(body, str) else (body or b"").decode()
        asked = parse_qs(text)
        if asked.get("Action") == ["DescribeStacks"] and "StackName" in asked:
            [stack] = asked["StackName"]
            until = time.monotonic() + _LONGEST_SECONDS
            while is_in_operation(stack) and time.monotonic() < until:
                await asyncio.sleep(_LOOK_EVERY)
        return await answer(method, path, headers, body, query)

    return patient


def is_in_operation(name_or_id: str) -> bool:
    """Tell whether a stack is being made, changed or deleted."""
    return any(
        _changes(stack)
        for name, stack in cloudformation._stacks.items()
        if name_or_id in (name, stack.get("StackId"))
    )


def _operations() -> int:
    return sum(map(_changes, list(cloudformation._stacks._data.values())))


def _changes(stack: Mapping[str, Any]) -> bool:
    status: str = stack["StackStatus"]
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
