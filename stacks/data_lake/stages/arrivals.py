"""Runs that something which came has asked for. Pure."""

from collections.abc import Sequence
from typing import Any

from stacks.data_lake.stages.turn_item import OLD, ZERO, Catch, update
from stacks.shared.asl import State, call, catch, choose, error, jsonata, start_of, template

# What the input of a run that waits for more arrivals holds: for how long.
DELAY = "wait_seconds"
STARTED_BEFORE = error("sfn", "ExecutionAlreadyExistsException")
ARRIVAL_SECONDS = 300  # the most that an express execution may take


def count_arrival(*, delay_seconds: int) -> dict[str, Any]:
    """Count something that came; unless a run is at work, which will see it, have one started.

    All that comes until that run begins has it started by one name, which Step Functions takes
    once. Whoever had that name and ended before it began is not waited for.
    """
    states = {
        "CountArrival": update(
            "SET asked = if_not_exists(asked, :zero) + :one",
            {":one": {"N": "1"}, **ZERO},
            gives="ALL_NEW",
            assign={
                "seen": jsonata(f"$exists({OLD}.seen) ? {OLD}.seen.N : '0'"),
                "is_at_work": jsonata(
                    f"$exists({OLD}.holder) and $number({OLD}.lease_end.N) > $millis()"
                ),
            },
            catches=[],
            next_="IsRunAtWork",
        ),
        "IsRunAtWork": choose(("$is_at_work", "Counted"), otherwise="StartRun"),
        "StartRun": start_run(
            "${Run}",
            template("arrival-<$seen>"),
            delay_seconds,
            catches=[catch(STARTED_BEFORE, next_="StartAnotherRun")],
            next_="Counted",
        ),
        "StartAnotherRun": start_run("${Run}", None, delay_seconds, catches=[], next_="Counted"),
        "Counted": {"Type": "Succeed"},
    }
    return {
        "Comment": "One execution for each file whose records are in the modeled zone.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": ARRIVAL_SECONDS,
        "States": states,
    }


def start_run(
    machine: str, name: str | None, delay_seconds: int, *, catches: Sequence[Catch], next_: str
) -> State:
    """Start an execution that waits for more arrivals; of one name, one is started."""
    named = {"Name": name} if name else {}
    given = f'{{"{DELAY}": {delay_seconds}}}'
    arguments = {"StateMachineArn": machine, **named, "Input": given}
    return call("sfn", "startExecution", arguments, catches=catches, next_=next_)
