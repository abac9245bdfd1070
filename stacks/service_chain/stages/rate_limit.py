"""A rate limit: all executions together call a service at most so often. Pure."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from stacks.service_chain.stages.rights import OnTable
from stacks.shared.asl import (
    STATE_INPUT,
    State,
    States,
    call,
    catch,
    error,
    jsonata,
)

TAKEN_MEANWHILE = error("dynamodb", "ConditionalCheckFailedException")
LATE_MILLISECONDS = 1000
# What a stage that waits for its turn may do.
TAKES_TURNS = OnTable("RateLimits", "dynamodb:UpdateItem")


def interval_ms(quota: float, share: float) -> int:
    """Return how far apart calls must be to stay within a share of a quota per second."""
    return math.ceil(1000 / (quota * share))


def acquire(
    api: str,
    noun: str,
    *,
    quota: float,
    share: float,
    next_: str,
    catches: Sequence[Mapping[str, Any]],
) -> States:
    """Wait for a turn to call an API, within a share of its quota, which is in calls per second.

    ``noun`` is part of the names of the states.

    A table holds one item for each API: the next moment that nobody has taken. Whoever wants to
    call takes it and moves it on, both in one conditional update, and waits until it has come.

    AWS cuts a Timestamp to its second: all turns of one second are called at its beginning. With
    half a quota as share, they and late calls of the second before it stay within the quota.
    """
    reserve, reserve_now = f"Reserve{noun}Slot", f"Reserve{noun}SlotNow"
    reserve_behind = f"Reserve{noun}SlotBehind"
    wait = f"WaitFor{noun}Slot"
    interval = interval_ms(quota, share)
    now = {"N": jsonata("$string($millis())")}

    def take(update: str, condition: str, values: Mapping[str, Any], *, otherwise: str) -> State:
        return call(
            "dynamodb",
            "updateItem",
            {
                "TableName": "${RateLimits}",
                "Key": {"api": {"S": api}},
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeValues": dict(values),
                "ReturnValues": "UPDATED_NEW",
            },
            # What is kept is the next free moment: the one that was taken lies before it.
            assign={
                f"{api}_slot": jsonata(f"$number($states.result.Attributes.slot.N) - {interval}")
            },
            output=jsonata(STATE_INPUT),
            catches=[catch(TAKEN_MEANWHILE, next_=otherwise), *catches],
            next_=wait,
        )

    return {
        # Others are waiting: queue up behind them.
        reserve: take(
            "SET slot = slot + :step",
            "slot > :now",
            {":step": {"N": str(interval)}, ":now": now},
            otherwise=reserve_now,
        ),
        # Nobody is waiting: go at once.
        reserve_now: take(
            "SET slot = :next",
            "attribute_not_exists(slot) OR slot <= :now",
            {":next": {"N": jsonata(f"$string($millis() + {interval})")}, ":now": now},
            otherwise=reserve_behind,
        ),
        # Somebody was quicker: queue up behind them, although that moment may be over by now. With
        # the time of day asked again, a crowd would lose to one another, update after update.
        reserve_behind: take(
            "SET slot = slot + :step",
            "slot > :lately",
            {
                ":step": {"N": str(interval)},
                ":lately": {"N": jsonata(f"$string($millis() - {LATE_MILLISECONDS})")},
            },
            otherwise=reserve,
        ),
        wait: {"Type": "Wait", "Timestamp": jsonata(f"$fromMillis(${api}_slot)"), "Next": next_},
    }
