"""The item of a table that says whose turn a run is, changed by conditional updates alone. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.shared.asl import State, call, error

Catch = Mapping[str, Any]

CHANGED = error("dynamodb", "ConditionalCheckFailedException")
OLD = "$states.result.Attributes"  # what an update gives back
FOUND = "$states.result.Item"
ZERO = {":zero": {"N": "0"}}
# ``asked`` counts what has asked for a run, ``seen`` is what ``asked`` was when the last run began,
# ``holder`` is the execution whose turn it is, until ``lease_end`` at the latest, and ``published``
# is the content that was told of last: docs/decisions/0048-one-run-at-a-time.md.
_ITEM: Mapping[str, Any] = {"TableName": "${Turns}", "Key": {"entry": {"S": "lake"}}}


def look(assign: Mapping[str, str], *, catches: Sequence[Catch], next_: str) -> State:
    """Read the item as it is now."""
    return call(
        "dynamodb",
        "getItem",
        {**_ITEM, "ConsistentRead": True},
        assign=assign,
        catches=catches,
        next_=next_,
    )


def update(
    change: str,
    values: Mapping[str, Any],
    *,
    only_if: str | None = None,
    gives: str = "NONE",
    assign: Mapping[str, str] | None = None,
    catches: Sequence[Catch],
    next_: str,
) -> State:
    """Change the item, where a condition holds; raises ``CHANGED`` where it does not."""
    return call(
        "dynamodb",
        "updateItem",
        {
            **_ITEM,
            "UpdateExpression": change,
            **({"ConditionExpression": only_if} if only_if else {}),
            "ExpressionAttributeValues": dict(values),
            "ReturnValues": gives,
        },
        assign=assign,
        catches=catches,
        next_=next_,
    )
