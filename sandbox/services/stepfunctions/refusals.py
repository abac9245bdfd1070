"""How Step Functions spells a refusal, and what a task needs that calls no API on the wire."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import aws_sdk, responses
from sandbox.services.stepfunctions.upstream import stepfunctions

# The optimized integrations call AWS through the first Java SDK, whose catch-all exceptions keep
# the names of that SDK:
# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
_REFUSALS = {
    "dynamodb": "DynamoDB.AmazonDynamoDBException",
    "ecs": "ECS.AmazonECSException",
    "events": "EventBridge.AmazonEventBridgeException",
    "glue": "Glue.AWSGlueException",
    "lambda": "Lambda.AWSLambdaException",
    "sagemaker": "SageMaker.AmazonSageMakerException",
    "sns": "SNS.AuthorizationErrorException",
    "sqs": "SQS.AmazonSQSException",
    "states": "StepFunctions.AWSStepFunctionsException",
}


class Right(NamedTuple):
    """An IAM action and the ARN that it is asked on."""

    action: str
    resource_arn: str


def refusal(resource: str, code: str, message: str, status: int) -> tuple[str, str]:
    """Name and word the error that a state sees when its task is denied.

    SDK integrations call AWS through the second Java SDK: an error that the operation's model
    knows is named after its class, any other one after the service, such as S3.S3Exception.
    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
    """
    request = responses.new_uuid()
    service, action = _service_and_action(resource)
    if ":aws-sdk:" not in resource:
        name = _REFUSALS.get(service, "States.TaskFailed")
        said = f"Status Code: {status}; Error Code: {code}; Request ID: {request}; Proxy: null"
        return name, f"{message} (Service: {name.partition('.')[0]}; {said})"
    prefix = stepfunctions._AWS_SDK_ERROR_PREFIX.get(service, service.capitalize())
    modeled = _modeled_errors(service, action).get(code)
    cause = f"{message} (Service: {prefix}, Status Code: {status}, Request ID: {request})"
    return f"{prefix}.{modeled or f'{prefix}Exception'}", cause


def _modeled_errors(service: str, action: str) -> dict[str, str]:
    info = aws_sdk._AWS_SDK_SERVICE_MAP.get(service, {})
    model = responses._service_model(info.get("service_key", service))
    operation = f"{action[:1].upper()}{action[1:]}"
    if model is None or operation not in model.operation_names:
        return {}
    found: dict[str, str] = {}
    for shape in model.operation_model(operation).error_shapes:
        code = (shape.metadata.get("error") or {}).get("code") or shape.name
        name = shape.name if shape.name.endswith("Exception") else f"{shape.name}Exception"
        found[code] = found[shape.name] = name
    return found


def direct_rights(resource: str, given: Mapping[str, Any]) -> list[Right]:
    """List what the role needs for a task that the interpreter carries out by itself.

    All others call an API, and are decided where every call is.
    """
    if ":states:startExecution.sync" in resource:
        machine = str(given.get("StateMachineArn", ""))
        execution = machine.replace(":stateMachine:", ":execution:") + ":*"
        # It looks whether the execution has ended.
        return [
            Right("states:StartExecution", machine),
            Right("states:DescribeExecution", execution),
        ]
    if _service_and_action(resource) == ("ecs", "runTask"):
        task = str(given.get("TaskDefinition", ""))
        place = f"{responses.get_region()}:{responses.get_account_id()}"
        arn = f"arn:{PARTITION}:ecs:{place}:task-definition/{task}"
        return [Right("ecs:RunTask", task if task.startswith("arn:") else arn)]
    return []


def machine_arn(execution_arn: str) -> str:
    """Name the state machine of an execution, or of a child execution of a distributed map."""
    parts = execution_arn.replace(":express:", ":execution:").split(":")
    return ":".join([*parts[:5], "stateMachine", parts[6].partition("/")[0]])


def _service_and_action(resource: str) -> tuple[str, str]:
    if ":function:" in resource:
        return "lambda", "invoke"
    service, _, action = resource.partition(":::")[2].removeprefix("aws-sdk:").partition(":")
    return service.lower(), action.partition(".")[0]
