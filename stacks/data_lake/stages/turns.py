"""One run at a time: to take one's turn, or join the run at work, and to leave it. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.data_lake.stages.arrivals import DELAY, STARTED_BEFORE, start_run
from stacks.data_lake.stages.turn_item import CHANGED, FOUND, OLD, ZERO, Catch, look, update
from stacks.shared.asl import (
    INPUT,
    NOTHING,
    State,
    States,
    call,
    catch,
    choose,
    error,
    jsonata,
    template,
)

THIS_RUN = "$states.context.Execution.Id"
THIS_MACHINE = jsonata("$states.context.StateMachine.Id")


def take_turn(*, lease_seconds: int, next_: str, nothing_to_do: str, catch_all: Catch) -> States:
    """Wait for more arrivals, where that is asked for; then begin, or join the run at work.

    A holder that ended without leaving is known by Step Functions, or by the end of its lease. A
    run that only arrivals ask for has nothing to do where another has seen them all.
    """

    def take(only_if: str, values: Mapping[str, Any], *, otherwise: str) -> State:
        lease_end = jsonata(f"$string($millis() + {lease_seconds * 1000})")
        return update(
            "SET holder = :me, lease_end = :end,"
            " asked = if_not_exists(asked, :zero), seen = if_not_exists(asked, :zero)",
            {":me": {"S": jsonata(THIS_RUN)}, ":end": {"N": lease_end}, **ZERO, **values},
            only_if=only_if,
            gives="ALL_OLD",
            assign={
                # Where a holder left no word, what it had seen is not done.
                "is_new": jsonata(f"$exists({OLD}.holder) or $not({OLD}.asked.N = {OLD}.seen.N)"),
                "published": jsonata(f"$exists({OLD}.published) ? {OLD}.published.S : ''"),
            },
            catches=[catch(CHANGED, next_=otherwise), catch_all],
            next_="HasWork",
        )

    return {
        "AwaitMoreArrivals": {
            "Type": "Wait",
            "Seconds": jsonata(f"$exists({INPUT}.{DELAY}) ? {INPUT}.{DELAY} : 0"),
            "Assign": {"failure": NOTHING},
            "Output": NOTHING,
            "Next": "TakeTurn",
        },
        "TakeTurn": take(
            "attribute_not_exists(holder) OR holder = :me OR lease_end < :now",
            {":now": {"N": jsonata("$string($millis())")}},
            otherwise="LookWhoseTurn",
        ),
        "HasWork": choose(
            (f"$is_new or $not($exists({INPUT}.{DELAY}))", next_), otherwise=nothing_to_do
        ),
        "LookWhoseTurn": look(
            {"holder": jsonata(f"$exists({FOUND}.holder) ? {FOUND}.holder.S : ''")},
            catches=[catch_all],
            next_="IsTurnTaken",
        ),
        "IsTurnTaken": choose(("$holder = ''", "TakeTurn"), otherwise="DescribeHolder"),
        "DescribeHolder": call(
            "sfn",
            "describeExecution",
            {"ExecutionArn": jsonata("$holder"), "IncludedData": "METADATA_ONLY"},
            assign={"holder_status": jsonata("$states.result.Status")},
            # Step Functions forgets what ended ninety days ago.
            catches=[
                catch(error("sfn", "ExecutionDoesNotExistException"), next_="TakeOver"),
                catch_all,
            ],
            next_="IsHolderAtWork",
        ),
        "IsHolderAtWork": choose(("$holder_status = 'RUNNING'", "Join"), otherwise="TakeOver"),
        "TakeOver": take(
            "holder = :holder", {":holder": {"S": jsonata("$holder")}}, otherwise="LookWhoseTurn"
        ),
        # The holder has seen nothing of this: when it ends, it starts another run for it.
        "Join": update(
            "SET asked = asked + :one",
            {":one": {"N": "1"}, ":holder": {"S": jsonata("$holder")}},
            only_if="holder = :holder",
            catches=[catch(CHANGED, next_="LookWhoseTurn"), catch_all],
            next_="Joined",
        ),
        "Joined": {"Type": "Succeed", "Output": {"joined": jsonata("$holder")}},
    }


def leave_turn(run: str, machine: str, *, delay_seconds: int, next_: str) -> States:
    """Leave the turn to whoever comes next, and start a run for what came meanwhile.

    ``run`` tells whose turn it is, ``machine`` what starts another. The turn is kept until that is
    started, and left only if nothing came since the look: wherever this is killed, there is still
    somebody who has to do it. What goes wrong ends the execution, of which another machine hears.
    """
    return {
        "LookForArrivals": look(
            {
                "is_mine": jsonata(f"{FOUND}.holder.S = {run}"),
                "asked": jsonata(f"$exists({FOUND}.asked) ? {FOUND}.asked.N : '0'"),
                "seen": jsonata(f"$exists({FOUND}.seen) ? {FOUND}.seen.N : '0'"),
            },
            catches=[],
            next_="HasMoreArrived",
        ),
        "HasMoreArrived": choose(
            ("$not($is_mine)", next_),
            ("$asked != $seen", "StartNextRun"),
            otherwise="LeaveTurn",
        ),
        "StartNextRun": start_run(
            machine,
            template("next-<$seen>-<$asked>"),
            delay_seconds,
            catches=[catch(STARTED_BEFORE, next_="LeaveTurn")],
            next_="LeaveTurn",
        ),
        "LeaveTurn": update(
            "REMOVE holder, lease_end",
            {":run": {"S": jsonata(run)}, ":asked": {"N": jsonata("$asked")}},
            only_if="holder = :run AND asked = :asked",
            catches=[catch(CHANGED, next_="LookForArrivals")],
            next_=next_,
        ),
    }
