"""The integrations behind Resource: aws-sdk for any API, and the optimized ones."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.services.stepfunctions import sdk
from sandbox.services.stepfunctions.failures import RUNTIME
from sandbox.services.stepfunctions.payloads import as_text
from sandbox.services.stepfunctions.upstream import stepfunctions

# The names of the catch-all errors of the first Java SDK, which optimized integrations use.
_FIRST_SDK = {
    "dynamodb": ("DynamoDB", "AmazonDynamoDBException"),
    "eventbridge": ("EventBridge", "AmazonEventBridgeException"),
    "glue": ("Glue", "AWSGlueException"),
    "lambda": ("Lambda", "AWSLambdaException"),
    "sagemaker": ("SageMaker", "AmazonSageMakerException"),
    "sfn": ("StepFunctions", "AWSStepFunctionsException"),
    "sns": ("SNS", "AmazonSNSException"),
    "sqs": ("SQS", "AmazonSQSException"),
}
# What an optimized integration lets a task give as an object where the API wants a text.
_TEXTS = {
    ("sns", "publish"): ("Message",),
    ("sqs", "sendMessage"): ("MessageBody",),
    ("sfn", "startExecution"): ("Input",),
}


def install() -> None:
    """Serve all calls of tasks through the services' own handlers, where faults strike."""
    patching.replace(
        stepfunctions,
        "_invoke_aws_sdk_integration",
        call_sdk,
        because="every API is callable, checked by its model, its errors named as by the Java SDK",
    )
    patching.replace(
        stepfunctions,
        "_call_lambda",
        _call_function,
        because="a function is called through Lambda's own API, where faults strike",
    )
    patching.replace(
        stepfunctions,
        "_invoke_nested_start_execution",
        _start_nested,
        because="an optimized call is checked and fails as AWS's does",
    )
    for resource in list(stepfunctions._SERVICE_DISPATCH):
        service, action = resource.split(":")[-2:]
        service = {"events": "eventbridge"}.get(service, service)
        if service in _FIRST_SDK:
            stepfunctions._SERVICE_DISPATCH[resource] = _optimized(service, action)


def _start_nested(resource: str, given: Any) -> Any:
    return _optimized("sfn", "startExecution")(resource, given)


def call_sdk(resource: str, given: Any) -> Any:
    """Call what an ``aws-sdk:<service>:<action>`` resource names."""
    service, action = resource.split(":")[-2:]
    try:
        return sdk.call(service, action, given).result
    except sdk.CallError as error:
        prefix = sdk.api(service).prefix
        raise failed(f"{prefix}.{error.name}", _cause(error, prefix)) from error
    except sdk.UnfitError as error:
        raise _unfit(given, error) from error
    except KeyError as error:
        raise failed(RUNTIME, f"there is no {service}:{action} to call") from error


def _cause(error: sdk.CallError, service: str) -> str:
    request = f"Status Code: {error.status}, Request ID: {uuid.uuid4()}"
    return f"{error.message} (Service: {service}, {request})"


def _unfit(given: Any, error: Exception) -> Exception:
    return failed(
        RUNTIME,
        f"The Arguments '{as_text(given)}' could not be used to start the Task: [{error}]",
    )


def failed(name: str, cause: str) -> Exception:
    """Make the error that the emulator and the enforcement of roles know."""
    error: Exception = stepfunctions._ExecutionError(name, cause)
    return error


def _optimized(service: str, action: str) -> Callable[[str, Any], Any]:
    def invoke(_resource: str, given: Any) -> Any:
        arguments = dict(given)
        for name in _TEXTS.get((service, action), ()):
            if isinstance(arguments.get(name), dict | list):
                arguments[name] = as_text(arguments[name])
        if service == "eventbridge":
            arguments["Entries"] = [_event(entry) for entry in arguments.get("Entries") or ()]
        answer = first_sdk(service, action, arguments)
        if answer.result.get("FailedEntryCount"):  # of events, which the API itself calls no error
            raise failed("EventBridge.FailedEntry", as_text(answer.result))
        return {**answer.result, **metadata(answer)}

    return invoke


def _event(entry: Mapping[str, Any]) -> dict[str, Any]:
    detail = entry.get("Detail")
    return {**entry, "Detail": as_text(detail)} if isinstance(detail, dict) else {**entry}


def first_sdk(service: str, action: str, given: Any) -> sdk.Answer:
    """Call an API as an optimized integration does, whose errors are the first Java SDK's."""
    prefix, catch_all = _FIRST_SDK[service]
    try:
        return sdk.call(service, action, given)
    except sdk.CallError as error:
        modelled = error.name != f"{sdk.api(service).prefix}Exception"
        name = error.name if modelled else catch_all
        raise failed(f"{prefix}.{name}", _first_cause(error, prefix)) from error
    except sdk.UnfitError as error:
        raise _unfit(given, error) from error


def _first_cause(error: sdk.CallError, service: str) -> str:
    return (
        f"{error.message} (Service: {service}; Status Code: {error.status}; "
        f"Error Code: {error.code}; Request ID: {uuid.uuid4()}; Proxy: null)"
    )


def metadata(answer: sdk.Answer) -> dict[str, Any]:
    """Compose what an optimized integration adds to an API's result."""
    request = str(uuid.uuid4())
    headers = {**answer.headers, "x-amzn-RequestId": request}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": answer.status,
        },
        "SdkResponseMetadata": {"RequestId": request},
    }


def invoked(result: dict[str, Any]) -> dict[str, Any]:
    """Complete the result of ``lambda:invoke``, of which the emulator gives payload and status."""
    answer = sdk.Answer({}, {}, int(result.get("StatusCode", 200)))
    return {"ExecutedVersion": "$LATEST", **result, **metadata(answer)}


def _call_function(function: str, event: Any) -> Any:
    """Invoke a function and return its result; its exception's class is the error's name."""
    answer = first_sdk("lambda", "invoke", {"FunctionName": function, "Payload": as_text(event)})
    payload = answer.result.get("Payload") or "null"
    result = json.loads(payload)
    if answer.result.get("FunctionError"):
        name = result.get("errorType") if isinstance(result, dict) else None
        raise failed(name or "Lambda.Unknown", payload)
    return result
