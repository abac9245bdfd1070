"""The shapes that only stages of the chain use: functions, and work on each of many. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.shared.asl import (
    ATTEMPTS,
    BACKOFF,
    DENIED,
    NOTHING,
    State,
    States,
    jsonata,
    next_or_end,
    outcome,
    retry,
    start_of,
)

ITEM = "$states.context.Map.Item.Value"  # what a map has in hand
LAMBDA_MARGIN_SECONDS = 30
LAMBDA_FOR_GOOD = ("Refused", "PermissionMissingError", f"Lambda.{DENIED}")


def invoke(
    function: FunctionSpec,
    payload: Mapping[str, Any],
    *,
    room: Mapping[str, Any],
    next_: str | None,
    catches: Sequence[Mapping[str, Any]],
    assign: Mapping[str, Any] | None = None,
    output: Any = NOTHING,
) -> State:
    """Invoke one of our functions and wait for its answer, longer than it may take.

    ``room`` says how it is tried again while all functions of the account are taken.
    """
    # S3 shows at once what was put; what is missing twice was not put.
    once_more = {"ErrorEquals": ["Incomplete"], **BACKOFF, "MaxAttempts": 2}
    task = {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"${{{function.name}}}", "Payload": dict(payload)},
        "TimeoutSeconds": function.timeout_seconds + LAMBDA_MARGIN_SECONDS,
        "Retry": [once_more, dict(room), *retry(LAMBDA_FOR_GOOD)],
    }
    return task | outcome(next_, catches, assign, output)


def started(states: States) -> dict[str, Any]:
    """Start with the first of these states."""
    return {"StartAt": start_of(states), "States": states}


def for_each(
    items: str, selector: Mapping[str, Any], states: States, *, next_: str, **more: Any
) -> State:
    """Run states once for each of a few items, at the same time, within this execution."""
    return {
        "Type": "Map",
        "Items": jsonata(items),
        "ItemSelector": dict(selector),
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **started(states)},
        **more,
        "Next": next_,
    }


def for_each_line(
    key: str,
    selector: Mapping[str, Any],
    states: States,
    *,
    label: str,
    concurrency: int,
    next_: str | None,
    **more: Any,
) -> State:
    """Run a child execution for each line of an object; ``key`` says which of the results bucket.

    A child is a standard workflow: an express one has to end within five minutes, which waiting
    for one's turn may take, and may run twice, which AI services would bill twice.
    """
    return {
        "Type": "Map",
        "Label": label,
        "ItemReader": {
            "Resource": "arn:${Partition}:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSONL"},
            "Arguments": {"Bucket": "${ResultsBucket}", "Key": jsonata(key)},
        },
        # Before the lines are read no child has started, so that nothing is done twice.
        "Retry": [{"ErrorEquals": ["States.ItemReaderFailed"], **BACKOFF, "MaxAttempts": ATTEMPTS}],
        "ItemSelector": dict(selector),
        "MaxConcurrency": concurrency,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **started(states),
        },
        # AWS gathers what children give back, up to 256 KB: they give back next to nothing.
        **more,
        **next_or_end(next_),
    }
