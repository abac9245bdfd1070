"""What is written down of a run that failed, and said to whoever listens. Pure."""

from collections.abc import Mapping

from stacks.contracts import Events
from stacks.data_lake.stages.bus import put_event
from stacks.data_lake.stages.turn_item import Catch
from stacks.shared.asl import NOTHING, States, call, jsonata

FOLDER = "failed_runs"  # of the failures bucket, and the name of its table
COLUMNS = dict.fromkeys(
    ("run", "execution", "state", "error", "cause", "input", "failed_at"), "string"
)
# The error of an execution whose failure is on record; with any other, nobody has written it down.
RECORDED = "RunFailed"
_LONGEST_CAUSE = 4000
_CAUSE = "$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : ''"
# Glue tells all that it knows of a job's run, and in the middle of it what was wrong.
_BEFORE = '\'"ErrorMessage":"\''
_SAID = (
    f"($cause := {_CAUSE}; $contains($cause, {_BEFORE})"
    f" ? $substringBefore($substringAfter($cause, {_BEFORE}), '\",\"') : $cause)"
)

# For every state of a run: whatever happens is recorded.
CATCH_ALL: Catch = {
    "ErrorEquals": ["States.ALL"],
    "Assign": {
        "failure": {
            "state": jsonata("$states.context.State.Name"),
            "error": jsonata("$states.errorOutput.Error"),
            "cause": jsonata(_SAID),
        }
    },
    "Output": NOTHING,
    "Next": "RecordFailure",
}


def record_failure(
    failed: Mapping[str, str],
    event: Events,
    *,
    next_: str,
    not_recorded: list[Catch],
) -> States:
    """Write the record, tell of it, go on; ``failed`` has an expression for every column."""
    day, run = f"$substring({failed['failed_at']}, 0, 10)", failed["run"]
    record = {**failed, "cause": f"$substring({failed['cause']}, 0, {_LONGEST_CAUSE})"}
    return {
        "RecordFailure": call(
            "s3",
            "putObject",
            {
                "Bucket": "${Failures}",
                "Key": jsonata(f"'{FOLDER}/day=' & {day} & '/' & {run} & '.json'"),
                "Body": {name: jsonata(record[name]) for name in COLUMNS},
                "ContentType": "application/json",
            },
            catches=not_recorded,
            next_="TellFailure",
        ),
        "TellFailure": put_event(
            event,
            {name: failed[name] for name in ("run", "state", "error")},
            # The record is there, and the alarm rings.
            catches=[{"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": next_}],
            next_=next_,
        ),
    }
