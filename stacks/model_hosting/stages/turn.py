"""One deployment at a time, and none of an approval that a later one has overtaken. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.shared.asl import NOTHING, State, States, call, catch, choose, error, jsonata

Catch = Mapping[str, Any]
CHANGED = error("dynamodb", "ConditionalCheckFailedException")
THIS_RUN = "$states.context.Execution.Id"
RETRY_SECONDS = 30
_OLD = "$states.result.Attributes"
# ``holder`` deploys, until ``lease_end`` at the latest; ``approved_at`` is when what was deployed
# last had been approved; ``config`` is what serves. ``package`` and ``model`` are the champion's,
# ``package_before`` is what served before; ``challenger`` is the package beside the champion, if
# there is one, ``experiment_since`` (ISO 8601) since when.
_ITEM: Mapping[str, Any] = {"TableName": "${Turns}", "Key": {"entry": {"S": "${Endpoint}"}}}


def _update(
    change: str,
    values: Mapping[str, Any],
    *,
    only_if: str,
    catches: Sequence[Catch],
    next_: str,
    assign: Mapping[str, str] | None = None,
) -> State:
    return call(
        "dynamodb",
        "updateItem",
        {
            **_ITEM,
            "UpdateExpression": change,
            "ConditionExpression": only_if,
            "ExpressionAttributeValues": dict(values),
            "ReturnValues": "ALL_OLD" if assign else "NONE",
        },
        assign=assign,
        catches=catches,
        next_=next_,
    )


def take_turn(
    *, lease_seconds: int, approved_at: str, next_: str, overtaken: str, catch_all: Catch
) -> States:
    """Wait until nobody else deploys, then look whether a later approval was already deployed.

    Whoever holds a turn and is stopped leaves it by the end of the lease.
    """
    return {
        "TakeTurn": _update(
            "SET holder = :me, lease_end = :end",
            {
                ":me": {"S": jsonata(THIS_RUN)},
                ":end": {"N": jsonata(f"$string($millis() + {lease_seconds * 1000})")},
                ":now": {"N": jsonata("$string($millis())")},
            },
            only_if="attribute_not_exists(holder) OR holder = :me OR lease_end < :now",
            assign={
                "last": jsonata(f"$exists({_OLD}.approved_at) ? {_OLD}.approved_at.S : ''"),
                "before": jsonata(f"$exists({_OLD}.package) ? {_OLD}.package.S : ''"),
                "before_that": jsonata(
                    f"$exists({_OLD}.package_before) ? {_OLD}.package_before.S : ''"
                ),
                "champion": jsonata(
                    f"$exists({_OLD}.model) ? {_OLD}.model.S : "
                    f"$exists({_OLD}.config) ? {_OLD}.config.S : ''"
                ),
                "had_challenger": jsonata(f"$exists({_OLD}.challenger)"),
            },
            catches=[catch(CHANGED, next_="AwaitTurn"), catch_all],
            next_="IsOvertaken",
        ),
        "AwaitTurn": {
            "Type": "Wait",
            "Seconds": RETRY_SECONDS,
            "Output": NOTHING,
            "Next": "TakeTurn",
        },
        # Times are ISO 8601 in UTC: in the order of their texts.
        "IsOvertaken": choose((f"$last > {approved_at}", overtaken), otherwise=next_),
    }


def leave_turn(name: str, *, next_: str, catches: Sequence[Catch]) -> States:
    """Leave the turn to whoever waits; the item keeps what serves."""
    return {
        name: _update(
            "REMOVE holder, lease_end",
            {":me": {"S": jsonata(THIS_RUN)}},
            only_if="holder = :me",
            catches=[catch(CHANGED, next_=next_), *catches],
            next_=next_,
        )
    }


def keep_outcome(
    *, package: str, approved_at: str, next_: str, next_of_challenger: str, catch_all: Catch
) -> States:
    """Write down what serves now and what did before, and leave the turn, all at once."""
    values = {
        ":me": {"S": jsonata(THIS_RUN)},
        ":package": {"S": jsonata(package)},
        ":config": {"S": jsonata("$config")},
        ":at": {"S": jsonata(approved_at)},
    }
    # Who goes back to the champion, goes back no further.
    before = f"$before = {package} ? $before_that : $before"
    return {
        "IsKeptBeside": choose(("$is_challenger", "KeepChallenger"), otherwise="KeepOutcome"),
        "KeepOutcome": _update(
            "SET package = :package, model = :model, config = :config, approved_at = :at, "
            "package_before = :before REMOVE holder, lease_end, challenger, experiment_since",
            {
                **values,
                ":model": {"S": jsonata("$name")},
                ":before": {"S": jsonata(before)},
            },
            only_if="holder = :me",
            catches=[catch_all],
            next_=next_,
        ),
        "KeepChallenger": _update(
            "SET challenger = :package, config = :config, approved_at = :at, "
            "experiment_since = :since REMOVE holder, lease_end",
            {**values, ":since": {"S": jsonata("$now()")}},
            only_if="holder = :me",
            catches=[catch_all],
            next_=next_of_challenger,
        ),
    }
