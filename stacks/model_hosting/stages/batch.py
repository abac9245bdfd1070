"""From a folder of records to results, rejects and a report; nothing runs on after it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stacks.model_hosting.batch_request import WORK, transform_job
from stacks.model_hosting.batch_settings import BatchSettings
from stacks.model_hosting.contracts import Offers
from stacks.model_hosting.stages.failures import put_event
from stacks.shared.asl import (
    ATTEMPTS,
    BACKOFF,
    INPUT,
    NOTHING,
    OUR_OWN_FAULT,
    State,
    States,
    call,
    catch,
    choose,
    error,
    jsonata,
    outcome,
    retry,
    start_of,
)

FUNCTION_SECONDS = 900
POLL_SECONDS = 30
SPARE_SECONDS = 4 * 3600  # for files to be screened and sifted, beside the job
LAMBDA_FOR_GOOD = (
    *("RefusedBatchError", "CountError", "ValueError", "KeyError", "TypeError"),
    "Lambda.AccessDeniedException",
)
TAKEN = error("sagemaker", "ResourceInUseException")
CHANGED = error("dynamodb", "ConditionalCheckFailedException")
# How Step Functions names what its own integration hears of SageMaker.
_MAY_PASS = (
    *("SageMaker.AmazonSageMakerException", "SageMaker.SageMakerException"),
    *("SageMaker.ThrottlingException", "SageMaker.ResourceLimitExceededException"),
)
_FOUND, _ME = "$states.result", "$states.context.Execution.Id"
BATCH_ID = "$substring($hash({execution}, 'SHA-256'), 0, 16)"  # of an execution's ARN
JOB = "'${{Endpoint}}-batch-' & {id}"
_RUN_ITEM: Mapping[str, Any] = {
    "TableName": "${Turns}",
    "Key": {"entry": {"S": jsonata("'batch/' & $run")}},
}
FAIL = "BatchFailed"
_OURS = "${Endpoint}-v"  # begins the names of what the deployments make


def batch_machine(settings: BatchSettings, offered: Offers) -> dict[str, Any]:
    """Find the model, name the run, screen, transform, sift, count, and clean up."""
    states = {
        **_model(settings),
        **_run(settings),
        "Screen": _for_each_file(
            "$files",
            {"work": jsonata("$id"), "file": jsonata("$states.context.Map.Item.Value")},
            "ScreenFile",
            settings,
            next_="HasRecords",
        ),
        "HasRecords": choose(("$sum($files.kept) > 0", "Transform"), otherwise="Sift"),
        **_job(settings),
        "Sift": _for_each_file(
            "$files",
            {
                "work": jsonata("$id"),
                "run": jsonata("$run"),
                "file": jsonata("$states.context.Map.Item.Value"),
            },
            "SiftFile",
            settings,
            next_="CloseBatch",
        ),
        "CloseBatch": invoke(
            "CloseBatch",
            {
                **{name: jsonata(f"${name}") for name in ("run", "model", "prefix", "files")},
                "work": jsonata("$id"),
            },
            assign={"told": jsonata(f"{_FOUND}.Payload")},
            next_="KeepOutcome",
        ),
        "KeepOutcome": call(
            "dynamodb",
            "updateItem",
            {
                **_RUN_ITEM,
                "UpdateExpression": "SET done_at = :now REMOVE holder",
                "ConditionExpression": "holder = :me",
                "ExpressionAttributeValues": {
                    ":me": {"S": jsonata(_ME)},
                    ":now": {"S": jsonata("$now()")},
                },
            },
            # Heard without its answer, the first of two has done it.
            catches=[catch(CHANGED, next_="TellTransformed")],
            next_="TellTransformed",
        ),
        "TellTransformed": put_event(
            offered.batch_transformed,
            {
                "endpoint": "'${Endpoint}'",
                "model": "$model",
                "prefix": "$prefix",
                **{name: f"$told.{name}" for name in ("run", "rows", "results", "rejects")},
            },
            # It is done, and its report says so.
            catches=[{"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": "Transformed"}],
            next_="Transformed",
        ),
        "Transformed": {"Type": "Succeed", "Output": jsonata("$told")},
        "NothingToDo": {"Type": "Succeed", "Output": {"run": jsonata("$run")}},
    }
    return {
        "Comment": "One run for each content of a folder, model, and form of records.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": settings.batch_minutes * 60 + SPARE_SECONDS,
        "States": states,
    }


def invoke(
    function: str,
    payload: Mapping[str, Any],
    *,
    next_: str | None,
    assign: Mapping[str, Any] | None = None,
    output: Any = NOTHING,
    catches: Sequence[Mapping[str, Any]] = (),
) -> State:
    """Invoke one of the functions of batches; ``function`` is the place of its name."""
    task = {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"${{{function}}}", "Payload": dict(payload)},
        "TimeoutSeconds": FUNCTION_SECONDS + 30,
        "Retry": retry(LAMBDA_FOR_GOOD),
    }
    return task | outcome(next_, catches, assign, output)


def _for_each_file(
    items: str,
    selector: Mapping[str, Any],
    function: str,
    settings: BatchSettings,
    *,
    next_: str,
) -> State:
    one = invoke(function, selector, next_=None, output=jsonata(f"{_FOUND}.Payload"))
    return {
        "Type": "Map",
        "Items": jsonata(items),
        "MaxConcurrency": settings.batch_files_at_once,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": function,
            "States": {function: one},
        },
        "Assign": {"files": jsonata(f"[{_FOUND}]")},
        "Output": NOTHING,
        "Next": next_,
    }


def _model(settings: BatchSettings) -> States:
    """Take the model that was named, or the one that serves now."""
    given = f"$exists({INPUT}.prefix) ? {INPUT}.prefix : '{settings.batch_prefix}'"
    return {
        "ReadServing": call(
            "dynamodb",
            "getItem",
            {
                "TableName": "${Turns}",
                "Key": {"entry": {"S": "${Endpoint}"}},
                "ConsistentRead": True,
            },
            assign={
                "id": jsonata(BATCH_ID.format(execution=_ME)),
                "prefix": jsonata(given),
                "model": jsonata(
                    f"$exists({INPUT}.model) ? {INPUT}.model : "
                    f"$exists({_FOUND}.Item.model) ? {_FOUND}.Item.model.S : "
                    f"$exists({_FOUND}.Item.model) ? {_FOUND}.Item.model.S : "
                    f"$exists({_FOUND}.Item.config) ? {_FOUND}.Item.config.S : ''"
                ),
            },
            catches=[],
            next_="HasModel",
        ),
        "HasModel": choose(
            ("$model = ''", "NothingServes"),
            (f"$substringBefore($model, '{_OURS}') = ''", "OpenBatch"),
            otherwise="NotOurs",
        ),
        "NotOurs": {
            "Type": "Fail",
            "Error": "NotOurs",
            "Cause": jsonata(
                "'the model ' & $model & ' is not of this endpoint; allowed: one whose name "
                f"begins with {_OURS}; leave it out for the one that serves'"
            ),
        },
        "NothingServes": {
            "Type": "Fail",
            "Error": "NothingServes",
            "Cause": "no model serves yet, and none is named; approve one, or name one as model",
        },
    }


def _run(settings: BatchSettings) -> States:
    """Name the run by its content, and take it unless it is done or somebody is at work."""
    taken = {
        ":me": {"S": jsonata(_ME)},
        ":end": {
            "N": jsonata(f"$string($floor($millis() / 1000) + {settings.batch_days * 86400})")
        },
    }

    def take(only_if: str, values: Mapping[str, Any], otherwise: str) -> State:
        return call(
            "dynamodb",
            "updateItem",
            {
                **_RUN_ITEM,
                "UpdateExpression": "SET holder = :me, expires_at = :end",
                "ConditionExpression": f"attribute_not_exists(done_at) AND ({only_if})",
                "ExpressionAttributeValues": {**taken, **values},
            },
            catches=[catch(CHANGED, next_=otherwise)],
            next_="Screen",
        )

    return {
        "OpenBatch": invoke(
            "OpenBatch",
            {"prefix": jsonata("$prefix"), "model": jsonata("$model")},
            assign={
                "run": jsonata(f"{_FOUND}.Payload.run"),
                "files": jsonata(f"[{_FOUND}.Payload.files]"),
            },
            next_="HasFiles",
        ),
        "HasFiles": choose(("$count($files) > 0", "TakeRun"), otherwise="NothingToDo"),
        "TakeRun": take("attribute_not_exists(holder) OR holder = :me", {}, "LookWhoseRun"),
        "LookWhoseRun": call(
            "dynamodb",
            "getItem",
            {**_RUN_ITEM, "ConsistentRead": True},
            assign={
                "holder": jsonata(f"$exists({_FOUND}.Item.holder) ? {_FOUND}.Item.holder.S : ''"),
            },
            catches=[],
            next_="IsRunDone",
        ),
        # Whoever is done holds nothing.
        "IsRunDone": choose(("$holder = ''", "NothingToDo"), otherwise="DescribeHolder"),
        "DescribeHolder": call(
            "sfn",
            "describeExecution",
            {"ExecutionArn": jsonata("$holder"), "IncludedData": "METADATA_ONLY"},
            assign={"holder_status": jsonata(f"{_FOUND}.Status")},
            # Step Functions forgets what ended ninety days ago.
            catches=[catch(error("sfn", "ExecutionDoesNotExistException"), next_="TakeOver")],
            next_="IsHolderAtWork",
        ),
        "IsHolderAtWork": choose(
            ("$holder_status = 'RUNNING'", "NothingToDo"), otherwise="TakeOver"
        ),
        "TakeOver": take(
            "holder = :holder", {":holder": {"S": jsonata("$holder")}}, "LookWhoseRun"
        ),
    }


def _job(settings: BatchSettings) -> States:
    """Run the job to its end, which Step Functions waits for, and stops where it is stopped."""
    name = JOB.format(id="$id")
    job = transform_job(
        settings, name=name, model="$model", folder=f"'s3://${{Batches}}/{WORK}/' & $id"
    )
    return {
        "Transform": {
            "Type": "Task",
            "Resource": "arn:${Partition}:states:::sagemaker:createTransformJob.sync",
            "Arguments": job,
            "TimeoutSeconds": settings.batch_minutes * 60,
            # What may pass is asked again; a job that has failed would fail again.
            "Retry": [
                {"ErrorEquals": [TAKEN, *OUR_OWN_FAULT], "MaxAttempts": 0},
                {"ErrorEquals": [*_MAY_PASS], **BACKOFF, "MaxAttempts": ATTEMPTS},
            ],
            "Catch": [catch(TAKEN, next_="DescribeJob")],
            "Output": NOTHING,
            "Next": "Sift",
        },
        # Asked before, and heard without its answer: the job of this name is the one.
        "DescribeJob": call(
            "sagemaker",
            "describeTransformJob",
            {"TransformJobName": jsonata(name)},
            assign={
                "status": jsonata(f"{_FOUND}.TransformJobStatus"),
                "reason": jsonata(f"$exists({_FOUND}.FailureReason) ? {_FOUND}.FailureReason : ''"),
            },
            catches=[],
            next_="HasEnded",
        ),
        "HasEnded": choose(
            ("$status = 'Completed'", "Sift"),
            ("$status in ['Failed', 'Stopped']", FAIL),
            otherwise="AwaitJob",
        ),
        "AwaitJob": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Output": NOTHING,
            "Next": "DescribeJob",
        },
        FAIL: {
            "Type": "Fail",
            "Error": FAIL,
            "Cause": jsonata(
                f"'the job ' & {name} & ' has ' & $lowercase($status) & ': ' & $reason"
            ),
        },
    }
