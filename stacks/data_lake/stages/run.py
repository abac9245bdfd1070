"""A run of the lake, from its turn to its end, step by step. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

from stacks.data_lake.contracts import Offers
from stacks.data_lake.datasets import TRAINING_SET, datasets, table_of
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stages.failures import CATCH_ALL, RECORDED, RUNS, record_failure
from stacks.data_lake.stages.jobs import job_seconds, run_job
from stacks.data_lake.stages.publication import look_for_news, tell
from stacks.data_lake.stages.quality import check_quality, check_seconds
from stacks.data_lake.stages.turns import THIS_MACHINE, THIS_RUN, leave_turn, take_turn
from stacks.shared.asl import INPUT, States, choose, jsonata, start_of

Step = Callable[[str], States]  # given the name of the state that comes after it

HOUR = 3600
LEAVE = "LookForArrivals"
_FAILED = {
    "run": "$states.context.Execution.Name",
    "execution": THIS_RUN,
    "state": "$failure.state",
    "error": "$failure.error",
    "cause": "$failure.cause",
    "input": f"$string({INPUT})",
    "failed_at": "$states.context.State.EnteredTime",
}


def steps(settings: DataLake, offered: Offers) -> list[Step]:
    """List what a run does, in its order. Each changes nothing where it was done before."""

    def merge(next_: str) -> States:
        minutes = settings.merge_minutes
        return {"MergeRecords": run_job("MergeJob", minutes=minutes, arguments={}, next_=next_)}

    def build(next_: str) -> States:
        named = {"--run": jsonata("$states.context.Execution.Name")}
        minutes = settings.features_minutes
        return {
            "BuildFeatures": run_job("FeaturesJob", minutes=minutes, arguments=named, next_=next_)
        }

    def check(table: str) -> Step:
        return check_quality(
            table,
            workers=settings.quality_workers,
            minutes=settings.quality_minutes,
            catch_all=CATCH_ALL,
        )

    return [
        merge,
        *(check(table_of(dataset)) for dataset in datasets()),
        build,
        lambda next_: look_for_news(next_=next_, otherwise=LEAVE),
        check(TRAINING_SET),
        lambda next_: tell(offered.features_ready, next_=next_),
    ]


def run_machine(settings: DataLake, offered: Offers) -> dict[str, Any]:
    """Link the steps: take the turn, do them, leave the turn, whatever happens in between."""
    jobs = (settings.merge_minutes, settings.features_minutes)
    checks = (len(datasets()) + 1) * check_seconds(settings.quality_minutes)
    seconds = sum(map(job_seconds, jobs)) + checks + HOUR
    done = _linked(steps(settings, offered), LEAVE)
    states = {
        **take_turn(
            lease_seconds=settings.run_delay_seconds + seconds,
            next_=start_of(done),
            nothing_to_do=LEAVE,
            catch_all=CATCH_ALL,
        ),
        **done,
        **record_failure(
            RUNS,
            _FAILED,
            offered.run_failed,
            next_=LEAVE,
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
