"""A run of the lake, from its turn to its end, step by step. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

from stacks.data_lake.contracts import Offers
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stages.failures import CATCH_ALL, RECORDED, record_failure
from stacks.data_lake.stages.jobs import job_seconds, run_job
from stacks.data_lake.stages.turns import THIS_MACHINE, THIS_RUN, leave_turn, take_turn
from stacks.shared.asl import INPUT, States, choose, jsonata, start_of

Step = Callable[[str], States]  # given the name of the state that comes after it

HOUR = 3600
_LEAVE = "LookForArrivals"
_FAILED = {
    "run": "$states.context.Execution.Name",
    "execution": THIS_RUN,
    "state": "$failure.state",
    "error": "$failure.error",
    "cause": "$failure.cause",
    "input": f"$string({INPUT})",
    "failed_at": "$states.context.State.EnteredTime",
}


def steps(settings: DataLake) -> list[Step]:
    """List what a run does, in its order. Each changes nothing where it was done before."""
    return [
        lambda next_: {
            "MergeRecords": run_job(
                "MergeJob",
                minutes=settings.merge_minutes,
                arguments={},
                catch_all=CATCH_ALL,
                next_=next_,
            )
        },
    ]


def run_machine(settings: DataLake, offered: Offers) -> dict[str, Any]:
    """Link the steps: take the turn, do them, leave the turn, whatever happens in between."""
    seconds = job_seconds(settings.merge_minutes) + HOUR
    done = _linked(steps(settings), _LEAVE)
    states = {
        **take_turn(
            lease_seconds=settings.run_delay_seconds + seconds,
            next_=start_of(done),
            nothing_to_do=_LEAVE,
            catch_all=CATCH_ALL,
        ),
        **done,
        **record_failure(
            _FAILED,
            offered.run_failed,
            next_=_LEAVE,
            not_recorded=[
                {"ErrorEquals": ["States.ALL"], "Output": {}, "Next": "FailureNotRecorded"}
            ],
        ),
        "FailureNotRecorded": {
            "Type": "Fail",
            "Error": jsonata("$failure.error"),
            "Cause": jsonata("$failure.cause"),
        },
        **leave_turn(
            THIS_RUN, THIS_MACHINE, delay_seconds=settings.run_delay_seconds, next_="HasFailed"
        ),
        "HasFailed": choose(("$exists($failure.state)", RECORDED), otherwise="Succeed"),
        RECORDED: {
            "Type": "Fail",
            "Error": RECORDED,
            "Cause": jsonata("$failure.state & ': ' & $failure.error"),
        },
        "Succeed": {"Type": "Succeed", "Output": {}},
    }
    return {
        "Comment": "One run at a time: merged, checked, made into features, told of.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": settings.run_delay_seconds + seconds,
        "States": states,
    }


def _linked(done: Sequence[Step], last: str) -> States:
    states: States = {}
    for step in reversed(done):
        states = {**step(start_of(states) if states else last), **states}
    return states
