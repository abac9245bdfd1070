"""The small machine that records a run that ended and could not say so itself. Pure."""

from typing import Any

from stacks.data_lake.contracts import Offers
from stacks.data_lake.stages.failures import RECORDED, record_failure
from stacks.data_lake.stages.turns import leave_turn
from stacks.shared.asl import INPUT, call, choose, jsonata, start_of

RECORDING_SECONDS = 3600
_RUN = f"{INPUT}.detail.executionArn"
_FOUND = "$states.result"
_FAILED = {
    "run": "$run",
    "execution": _RUN,
    "state": "'Execution'",  # which of its states was the last is not told
    "error": "$failure.error",
    "cause": "$failure.cause",
    "input": "$failure.input",
    "failed_at": "$states.context.State.EnteredTime",
}


def record_abnormal_ending(offered: Offers, *, delay_seconds: int) -> dict[str, Any]:
    """Record the failure of a run that was stopped or out of time, and leave its turn for it."""
    states = {
        "DescribeExecution": call(
            "sfn",
            "describeExecution",
            {"ExecutionArn": jsonata(_RUN)},
            assign={
                "run": jsonata(f"{_FOUND}.Name"),
                "failure": {
                    "error": jsonata(
                        f"$exists({_FOUND}.Error) ? {_FOUND}.Error : 'States.' & {_FOUND}.Status"
                    ),
                    "cause": jsonata(f"$exists({_FOUND}.Cause) ? {_FOUND}.Cause : ''"),
                    "input": jsonata(f"{_FOUND}.Input"),
                },
            },
            catches=[],
            next_="IsRecorded",
        ),
        "IsRecorded": choose(
            (f"$failure.error = '{RECORDED}'", "Recorded"), otherwise="RecordFailure"
        ),
        **record_failure(_FAILED, offered.run_failed, next_="LookForArrivals", not_recorded=[]),
        **leave_turn(_RUN, "${Run}", delay_seconds=delay_seconds, next_="Recorded"),
        "Recorded": {"Type": "Succeed", "Output": {}},
    }
    return {
        "Comment": "One execution for each run that failed, was stopped, or ran out of time.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": RECORDING_SECONDS,
        "States": states,
    }
