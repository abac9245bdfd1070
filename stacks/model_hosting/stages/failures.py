"""What is written down of a deployment that failed, and told to whoever listens. Pure."""

from collections.abc import Mapping, Sequence

from stacks.contracts import Events
from stacks.model_hosting.stages.turn import Catch, leave_turn
from stacks.shared.asl import (
    ATTEMPTS,
    BACKOFF,
    CALL_SECONDS,
    NOTHING,
    OUR_OWN_FAULT,
    State,
    States,
    call,
    jsonata,
)

FOLDER = "failed_deployments"  # of the failures bucket
RECORDED = "DeploymentFailed"  # the error of an execution whose failure is on record
_LONGEST_CAUSE = 4000
CATCH_ALL: Catch = {
    "ErrorEquals": ["States.ALL"],
    "Assign": {
        "failure": {
            "state": jsonata("$states.context.State.Name"),
            "error": jsonata("$states.errorOutput.Error"),
            "cause": jsonata("$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : ''"),
        }
    },
    "Output": NOTHING,
    "Next": "RecordFailure",
}


def put_event(
    event: Events, detail: Mapping[str, str], *, catches: Sequence[Catch], next_: str
) -> State:
    """Put an event on the default bus; ``detail`` has an expression for each of its members."""
    entry = {
        "Source": event.source,
        "DetailType": event.detail_type,
        "Detail": {name: jsonata(value) for name, value in detail.items()},
    }
    return {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::events:putEvents",
        "Arguments": {"Entries": [entry]},
        "TimeoutSeconds": CALL_SECONDS,
        "Retry": [
            {"ErrorEquals": [*OUR_OWN_FAULT], "MaxAttempts": 0},
            {"ErrorEquals": ["States.ALL"], **BACKOFF, "MaxAttempts": ATTEMPTS},
        ],
        "Catch": [dict(each) for each in catches],
        "Output": NOTHING,
        "Next": next_,
    }


def record_failure(event: Events, *, package: str) -> States:
    """Write the record, tell of it, leave the turn, and end as a failure."""
    told = {
        "endpoint": "'${Endpoint}'",
        "package": package,
        "execution": "$states.context.Execution.Id",
        "state": "$failure.state",
        "error": "$failure.error",
        "failed_at": "$states.context.State.EnteredTime",
    }
    goes_on = {"ErrorEquals": ["States.ALL"], "Output": NOTHING}
    return {
        "RecordFailure": call(
            "s3",
            "putObject",
            {
                "Bucket": "${Failures}",
                "Key": jsonata(
                    f"'{FOLDER}/day=' & $substring($states.context.State.EnteredTime, 0, 10) & "
                    "'/' & $states.context.Execution.Name & '.json'"
                ),
                "Body": {
                    **{name: jsonata(value) for name, value in told.items()},
                    "cause": jsonata(f"$substring($failure.cause, 0, {_LONGEST_CAUSE})"),
                },
                "ContentType": "application/json",
            },
            # Whatever is written or not: the turn is left, and the alarm on the machine rings.
            catches=[{**goes_on, "Next": "TellFailure"}],
            next_="TellFailure",
        ),
        "TellFailure": put_event(
            event, told, catches=[{**goes_on, "Next": "LeaveTurn"}], next_="LeaveTurn"
        ),
        **leave_turn("LeaveTurn", next_=RECORDED, catches=[{**goes_on, "Next": RECORDED}]),
        RECORDED: {
            "Type": "Fail",
            "Error": RECORDED,
            "Cause": jsonata("$failure.state & ': ' & $failure.error"),
        },
    }
