"""A job of Glue that a run waits for. Pure."""

from collections.abc import Mapping

from stacks.data_lake.stages.failures import CATCH_ALL
from stacks.shared.asl import BACKOFF, NOTHING, OUR_OWN_FAULT, State, next_or_end

# A job that waits for workers, with Flex some minutes, has not begun the time that it may take.
START_SECONDS = 1800
# Once more: what failed by chance works, and what fails for a reason costs no more than twice.
ATTEMPTS = 2
_FOR_GOOD = ("Glue.EntityNotFoundException", "Glue.InvalidInputException")
_FULL = ("Glue.ConcurrentRunsExceededException", "Glue.ResourceNumberLimitExceededException")
_LONGEST_PAUSE = 600
_PATIENCE = {**BACKOFF, "IntervalSeconds": 60, "MaxDelaySeconds": _LONGEST_PAUSE}


def run_job(job: str, *, minutes: int, arguments: Mapping[str, str], next_: str) -> State:
    """Run a job to its end; ``job`` is the place of its name. One that is stopped has failed."""
    return {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::glue:startJobRun.sync",
        "Arguments": {"JobName": f"${{{job}}}", "Arguments": dict(arguments)},
        "TimeoutSeconds": _attempt_seconds(minutes),
        "Retry": [
            {"ErrorEquals": [*_FOR_GOOD, *OUR_OWN_FAULT], "MaxAttempts": 0},
            {"ErrorEquals": [*_FULL], **_PATIENCE, "MaxAttempts": 10},
            {"ErrorEquals": ["States.ALL"], **_PATIENCE, "MaxAttempts": ATTEMPTS - 1},
        ],
        "Catch": [dict(CATCH_ALL)],
        "Output": NOTHING,
        **next_or_end(next_),
    }


def job_seconds(minutes: int) -> int:
    """Tell how long all attempts may take, with the time between them."""
    return ATTEMPTS * (_attempt_seconds(minutes) + _LONGEST_PAUSE)


def _attempt_seconds(minutes: int) -> int:
    return minutes * 60 + START_SECONDS
