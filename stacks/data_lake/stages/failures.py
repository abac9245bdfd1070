"""What is written down of a run or a file that failed, and said to whoever listens. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from stacks.contracts import Events
from stacks.data_lake.stages.bus import put_event
from stacks.data_lake.stages.turn_item import Catch
from stacks.shared.asl import NOTHING, States, call, jsonata


@dataclass(frozen=True, slots=True)
class Failures:
    """The records of one kind: their folder of the failures bucket, which is also their table.

    ``named_by`` is the column that names a record; others of ``columns`` have Hive's types, too.
    """

    folder: str
    named_by: str
    columns: Mapping[str, str]


_SAME = dict.fromkeys(("execution", "state", "error", "cause"), "string")
RUNS = Failures(
    "failed_runs",
    "run",
    {"run": "string", **_SAME, "input": "string", "failed_at": "string"},
)
FILES = Failures(
    "failed_files",
    "source_id",
    {
        **{"source_id": "string", "attempt": "int", "object_key": "string"},
        **{**_SAME, "failed_at": "string"},
    },
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
    kind: Failures,
    failed: Mapping[str, str],
    event: Events,
    *,
    next_: str,
    not_recorded: list[Catch],
) -> States:
    """Write the record, tell of it, go on; ``failed`` has an expression for every column."""
    day, name = f"$substring({failed['failed_at']}, 0, 10)", failed[kind.named_by]
    record = {**failed, "cause": f"$substring({failed['cause']}, 0, {_LONGEST_CAUSE})"}
    return {
        "RecordFailure": call(
            "s3",
            "putObject",
            {
                "Bucket": "${Failures}",
                "Key": jsonata(f"'{kind.folder}/day=' & {day} & '/' & {name} & '.json'"),
                "Body": {column: jsonata(said) for column, said in record.items()},
                "ContentType": "application/json",
            },
            catches=not_recorded,
            next_="TellFailure",
        ),
        "TellFailure": put_event(
            event,
            {column: failed[column] for column in (kind.named_by, "state", "error")},
            # The record is there, and the alarm rings.
            catches=[{"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": next_}],
            next_=next_,
        ),
    }
