"""The small machines that record what ended and could not say so itself. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.contracts import Events
from stacks.data_lake.contracts import Offers
from stacks.data_lake.stages.failures import FILES, RECORDED, RUNS, Failures, record_failure
from stacks.data_lake.stages.turns import leave_turn
from stacks.shared.asl import INPUT, States, call, choose, jsonata, start_of

RECORDING_SECONDS = 3600
_ENDED = f"{INPUT}.detail.executionArn"
_FOUND = "$states.result"
_FAILED = {
    "execution": _ENDED,
    "state": "'Execution'",  # which of its states was the last is not told
    "error": "$failure.error",
    "cause": "$failure.cause",
    "input": "$failure.input",
    "failed_at": "$states.context.State.EnteredTime",
}


def record_abnormal_ending(offered: Offers, *, delay_seconds: int) -> dict[str, Any]:
    """Record the failure of a run that was stopped or out of time, and leave its turn for it."""
    return _machine(
        "One execution for each run that failed, was stopped, or ran out of time.",
        RUNS,
        {"run": "$run", **_FAILED},
        offered.run_failed,
        leave_turn(_ENDED, "${Run}", delay_seconds=delay_seconds, next_="Recorded"),
    )


def record_abnormal_file(offered: Offers) -> dict[str, Any]:
    """Record the failure of a large file whose execution was stopped or out of time."""
    given = "$parse($failure.input)"
    failed = {
        "source_id": "$substringBefore($run, '-')",
        "attempt": f"{given}.attempt",
        "object_key": f"{given}.source.key",
        **{**_FAILED, "input": given},
    }
    comment = "One execution for each large file that failed, was stopped, or ran out of time."
    return _machine(comment, FILES, failed, offered.file_failed, {})


def _machine(
    comment: str, kind: Failures, failed: Mapping[str, str], event: Events, then: States
) -> dict[str, Any]:
    states = {
        "DescribeExecution": call(
            "sfn",
            "describeExecution",
            {"ExecutionArn": jsonata(_ENDED)},
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
        **record_failure(
            kind, failed, event, next_=start_of({**then, "Recorded": {}}), not_recorded=[]
        ),
        **then,
        "Recorded": {"Type": "Succeed", "Output": {}},
    }
    return {
        "Comment": comment,
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": RECORDING_SECONDS,
        "States": states,
    }
