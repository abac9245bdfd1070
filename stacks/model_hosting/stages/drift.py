"""From a moment to what is told of the last full window of captured requests. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.model_hosting.drift_settings import DriftSettings
from stacks.shared.asl import (
    DENIED,
    INPUT,
    NOTHING,
    State,
    States,
    call,
    catch,
    choose,
    error,
    jsonata,
    retry,
)

FUNCTION_SECONDS = 300
POLL_SECONDS = 30
JOB_SECONDS = 1_800  # of a job that measures; a window is bounded
TRIES = 3  # jobs for a window: SageMaker may have no capacity
PAUSE_SECONDS = 120
FAILED = "WindowNotMeasured"
_INPUT, _OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"
_FOUND = "$states.result"
_TOLD = ("window", "state", "records", "told", "reason")
_CATCH_ALL: Mapping[str, Any] = {
    "ErrorEquals": ["States.ALL"],
    "Assign": {"why": jsonata("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause")},
    "Output": NOTHING,
    "Next": "LeaveWindow",
}


def watch_machine(settings: DriftSettings) -> dict[str, Any]:
    """Take a window, have a job measure it, tell what came of it."""
    states = {
        "Begin": {
            "Type": "Pass",
            "Assign": {"tries": 0, "told": {"window": "none"}, "why": jsonata("''")},
            "Output": NOTHING,
            "Next": "Prepare",
        },
        "Prepare": _invoke(
            "PrepareWindow",
            {
                "time": jsonata(f"{INPUT}.time"),
                "execution": jsonata("$states.context.Execution.Id"),
            },
            assign={
                "tries": jsonata("$tries + 1"),
                "told": jsonata(f"$merge([{{'reason': '', 'manifest': ''}}, {_FOUND}.Payload])"),
            },
            next_="IsToBeMeasured",
        ),
        "IsToBeMeasured": choose(
            ("$told.state = 'measure'", "Measure"),
            ("$told.state = 'tell'", "Publish"),
            otherwise="NothingToDo",
        ),
        "NothingToDo": {"Type": "Succeed", "Output": NOTHING},
        **_measured(settings),
        "Publish": _invoke(
            "PublishDrift",
            {name: jsonata(f"$told.{name}") for name in _TOLD},
            assign={"came": jsonata(f"{_FOUND}.Payload")},
            next_="Told",
        ),
        "Told": {"Type": "Succeed", "Output": jsonata("$came")},
        **_left(),
    }
    return {
        "Comment": "One execution for each window of captured requests.",
        "QueryLanguage": "JSONata",
        "StartAt": "Begin",
        "TimeoutSeconds": TRIES * (2 * JOB_SECONDS + PAUSE_SECONDS),
        "States": states,
    }


def _measured(settings: DriftSettings) -> States:
    return {
        "Measure": call(
            "sagemaker",
            "createProcessingJob",
            _job(settings),
            # Asked before, and heard without its answer: the job of this name is the one.
            catches=[
                catch(error("sagemaker", "ResourceInUseException"), next_="AwaitJob"),
                {**_CATCH_ALL, "Next": "IsLastTry"},
            ],
            next_="AwaitJob",
        ),
        "AwaitJob": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Output": NOTHING,
            "Next": "DescribeJob",
        },
        "DescribeJob": call(
            "sagemaker",
            "describeProcessingJob",
            {"ProcessingJobName": jsonata("$told.job")},
            assign={
                "status": jsonata(f"{_FOUND}.ProcessingJobStatus"),
                "why": jsonata(f"$exists({_FOUND}.FailureReason) ? {_FOUND}.FailureReason : ''"),
            },
            catches=[_CATCH_ALL],
            next_="HasMeasured",
        ),
        "HasMeasured": choose(
            ("$status = 'Completed'", "Publish"),
            ("$status in ['Failed', 'Stopped']", "IsLastTry"),
            otherwise="AwaitJob",
        ),
        "IsLastTry": choose((f"$tries >= {TRIES}", "LeaveWindow"), otherwise="Pause"),
        "Pause": {
            "Type": "Wait",
            "Seconds": PAUSE_SECONDS,
            "Output": NOTHING,
            "Next": "Prepare",
        },
    }


def _left() -> States:
    """Leave the window to a redrive, and end as a failure; the alarm on the machine rings."""
    goes_on = {"ErrorEquals": ["States.ALL"], "Output": NOTHING, "Next": FAILED}
    return {
        "LeaveWindow": call(
            "dynamodb",
            "updateItem",
            {
                "TableName": "${Windows}",
                "Key": {"entry": {"S": jsonata("$told.window")}},
                "UpdateExpression": "REMOVE holder, lease_end",
                "ConditionExpression": "holder = :me",
                "ExpressionAttributeValues": {
                    ":me": {"S": jsonata("$states.context.Execution.Id")}
                },
            },
            catches=[goes_on],
            next_=FAILED,
        ),
        FAILED: {
            "Type": "Fail",
            "Error": FAILED,
            "Cause": jsonata("$substring($why, 0, 4000)"),
        },
    }


def _invoke(
    function: str, payload: Mapping[str, Any], *, assign: Mapping[str, Any], next_: str
) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:${Partition}:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"${{{function}}}", "Payload": dict(payload)},
        "TimeoutSeconds": FUNCTION_SECONDS + 30,
        "Retry": retry((f"Lambda.{DENIED}", "ValueError")),
        "Catch": [dict(_CATCH_ALL)],
        "Assign": dict(assign),
        "Output": NOTHING,
        "Next": next_,
    }


def _job(settings: DriftSettings) -> dict[str, Any]:
    """Ask for an isolated job, on one instance, that reads the listed files and writes two."""
    return {
        "ProcessingJobName": jsonata("$told.job"),
        "RoleArn": "${DriftRole}",
        "AppSpecification": {
            "ImageUri": "${DriftImage}",
            "ContainerEntrypoint": ["python3", "-m", "model_hosting.measure_drift"],
            "ContainerArguments": [
                *("--window", f"{_INPUT}/window", "--folder", jsonata("$told.folder")),
                *("--out", f"{_OUTPUT}/drift"),
            ],
        },
        "Environment": {"PYTHONPATH": f"{_INPUT}/code/${{DriftModules}}"},
        "NetworkConfig": {
            "EnableNetworkIsolation": True,
            "EnableInterContainerTrafficEncryption": True,
        },
        "ProcessingInputs": [
            _input("code", "${DriftCode}", "S3Prefix"),
            _input("window", jsonata("$told.manifest"), "ManifestFile"),
        ],
        "ProcessingOutputConfig": {
            "KmsKeyId": "${KeyArn}",
            "Outputs": [
                {
                    "OutputName": "drift",
                    "S3Output": {
                        "S3Uri": jsonata("'s3://${Captures}/' & $told.records"),
                        "LocalPath": f"{_OUTPUT}/drift",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ],
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": settings.drift_instance,
                "VolumeSizeInGB": 10,
                "VolumeKmsKeyId": "${KeyArn}",
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": JOB_SECONDS},
    }


def _input(name: str, place: str, kind: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": place,
            "LocalPath": f"{_INPUT}/{name}",
            "S3DataType": kind,
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
        },
    }
