"""A file that is too large for the function: Spark models it, or its failure is recorded. Pure."""

from typing import Any

from stacks.data_lake.contracts import Offers
from stacks.data_lake.stages.failures import FILES, RECORDED, record_failure
from stacks.data_lake.stages.jobs import job_seconds, run_job
from stacks.shared.asl import INPUT, NOTHING, jsonata, start_of

WAIT_SECONDS = 7200  # for its turn, where Glue runs as many as it may
_FAILED = {
    "source_id": "$substringBefore($states.context.Execution.Name, '-')",
    "attempt": f"{INPUT}.attempt",
    "object_key": f"{INPUT}.source.key",
    "execution": "$states.context.Execution.Id",
    "state": "$failure.state",
    "error": "$failure.error",
    "cause": "$failure.cause",
    "input": INPUT,
    "failed_at": "$states.context.State.EnteredTime",
}


def model_large_file(offered: Offers, *, minutes: int) -> dict[str, Any]:
    """Run the job for the file that the input tells of; doing it again changes nothing."""
    not_recorded = {"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": "FailureNotRecorded"}
    states = {
        "ModelFile": run_job(
            "LargeFilesJob",
            minutes=minutes,
            arguments={"--file": jsonata(f"$string({INPUT})")},
            next_="Succeed",
        ),
        "Succeed": {"Type": "Succeed", "Output": NOTHING},
        **record_failure(
            FILES, _FAILED, offered.file_failed, next_=RECORDED, not_recorded=[not_recorded]
        ),
        "FailureNotRecorded": {
            "Type": "Fail",
            "Error": jsonata("$failure.error"),
            "Cause": jsonata("$failure.cause"),
        },
        RECORDED: {
            "Type": "Fail",
            "Error": RECORDED,
            "Cause": jsonata("$failure.state & ': ' & $failure.error"),
        },
    }
    return {
        "Comment": "One execution for each version of a file that is too large for the function.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": job_seconds(minutes) + WAIT_SECONDS,
        "States": states,
    }
