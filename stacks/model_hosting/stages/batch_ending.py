"""What is done of a batch that failed, was stopped or ran out of time, whoever ended it. Pure."""

from typing import Any

from stacks.model_hosting.contracts import Offers
from stacks.model_hosting.stages.batch import BATCH_ID, JOB, POLL_SECONDS, invoke
from stacks.model_hosting.stages.failures import put_event
from stacks.shared.asl import INPUT, NOTHING, call, catch, choose, error, jsonata, start_of

FOLDER = "failed_batches"  # of the failures bucket
LONGEST_SECONDS = 7200
_LONGEST_CAUSE = 4000
_ENDED = f"{INPUT}.detail.executionArn"
_FOUND = "$states.result"


def batch_ending_machine(offered: Offers) -> dict[str, Any]:
    """Stop the job, clean up, write the record, and tell of it: each as often as it is asked."""
    told = {
        "endpoint": "'${Endpoint}'",
        "execution": _ENDED,
        "status": "$status",
        "error": "$error",
        "failed_at": "$states.context.State.EnteredTime",
    }
    states = {
        "DescribeExecution": call(
            "sfn",
            "describeExecution",
            {"ExecutionArn": jsonata(_ENDED)},
            assign={
                "id": jsonata(BATCH_ID.format(execution=_ENDED)),
                "status": jsonata(f"{_FOUND}.Status"),
                "error": jsonata(
                    f"$exists({_FOUND}.Error) ? {_FOUND}.Error : 'States.' & {_FOUND}.Status"
                ),
                "cause": jsonata(f"$exists({_FOUND}.Cause) ? {_FOUND}.Cause : ''"),
                "name": jsonata(f"{_FOUND}.Name"),
                "given": jsonata(f"{_FOUND}.Input"),
            },
            catches=[],
            next_="DescribeJob",
        ),
        "DescribeJob": call(
            "sagemaker",
            "describeTransformJob",
            {"TransformJobName": jsonata(JOB.format(id="$id"))},
            assign={"job": jsonata(f"{_FOUND}.TransformJobStatus")},
            catches=[
                catch(error("sagemaker", "ResourceNotFoundException"), next_="CleanUp"),
            ],
            next_="IsOver",
        ),
        # What still writes would write after the cleaning.
        "IsOver": choose(
            ("$job = 'InProgress'", "StopJob"),
            ("$job = 'Stopping'", "AwaitStop"),
            otherwise="CleanUp",
        ),
        "StopJob": call(
            "sagemaker",
            "stopTransformJob",
            {"TransformJobName": jsonata(JOB.format(id="$id"))},
            # It has ended meanwhile, which SageMaker has no error of its own for.
            catches=[catch(error("sagemaker", "SageMakerException"), next_="AwaitStop")],
            next_="AwaitStop",
        ),
        "AwaitStop": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Output": NOTHING,
            "Next": "DescribeJob",
        },
        "CleanUp": invoke("CloseBatch", {"work": jsonata("$id")}, next_="RecordFailure"),
        "RecordFailure": call(
            "s3",
            "putObject",
            {
                "Bucket": "${Failures}",
                "Key": jsonata(
                    f"'{FOLDER}/day=' & $substring($states.context.State.EnteredTime, 0, 10) & "
                    "'/' & $name & '.json'"
                ),
                "Body": {
                    **{name: jsonata(value) for name, value in told.items()},
                    "cause": jsonata(f"$substring($cause, 0, {_LONGEST_CAUSE})"),
                    "input": jsonata("$given"),
                },
                "ContentType": "application/json",
            },
            catches=[],
            next_="TellFailure",
        ),
        "TellFailure": put_event(offered.batch_failed, told, catches=[], next_="Recorded"),
        "Recorded": {"Type": "Succeed", "Output": NOTHING},
    }
    return {
        "Comment": "One execution for each batch that failed, was stopped, or ran out of time.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": LONGEST_SECONDS,
        "States": states,
    }
