"""A queue that calls a function: the function's role must be able to read it, all the time."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners, responses
from sandbox.iam import authorization, problems
from sandbox.services.kms.deliveries import RECEIVING
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.lambda_ import execution_roles
from sandbox.services.lambda_.upstream import lambda_svc
from sandbox.services.sqs import queues
from sandbox.services.sqs.upstream import sqs

_QUEUE_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_STREAM_ACTIONS = {
    "kinesis": (
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:DescribeStream",
        "kinesis:ListShards",
    ),
    "dynamodb": (
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:DescribeStream",
        "dynamodb:ListStreams",
    ),
}


def install() -> None:
    """Check mappings where they are made, by API and by template."""
    because = "the function's role must be able to read the source, and their times must fit"
    patching.wrap(lambda_svc, "_create_esm", _create, because=because)
    patching.wrap_item(
        provisioners,
        "_RESOURCE_HANDLERS",
        ("AWS::Lambda::EventSourceMapping", "create"),
        _create_from_template,
        because=because,
    )


def _create(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(data: dict[str, Any]) -> Any:
        if why := refusal(data):
            return responses.error_response_json("InvalidParameterValueException", why, 400)
        return original(data)

    return create


def _create_from_template(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(logical_id: str, properties: Any, stack: str) -> Any:
        if why := refusal(properties):
            raise ValueError(f"Invalid request provided: {why} (Service: Lambda, Status Code: 400)")
        return original(logical_id, properties, stack)

    return create


def refusal(mapping: Mapping[str, Any]) -> str | None:
    """Say why Lambda would not take an event source mapping."""
    source = mapping.get("EventSourceArn") or ""
    function = function_of(mapping.get("FunctionName") or "")
    if function is None:
        return None  # the emulator says that the function is missing
    service = source.split(":")[2] if source.count(":") > 2 else ""
    if service == "sqs":
        return _queue_refusal(mapping, source, function)
    role = execution_roles.role_of(function["config"])
    actions = _STREAM_ACTIONS.get(service, ())
    if any(authorization.denial(role, action, source) for action in actions):
        named = ", ".join(action.partition(":")[2] for action in actions)
        return (
            f"Cannot access stream {source}. Please ensure the role can perform "
            f"the {named} Actions on your stream in IAM."
        )
    return None


def function_of(reference: str) -> dict[str, Any] | None:
    """Find a function by name or ARN."""
    name, _ = lambda_svc._resolve_name_and_qualifier(reference)
    found: dict[str, Any] | None = lambda_svc._functions.get(name)
    return found


def _queue_refusal(
    mapping: Mapping[str, Any], queue_arn: str, function: Mapping[str, Any]
) -> str | None:
    role = execution_roles.role_of(function["config"])
    for action in _QUEUE_ACTIONS:
        if authorization.denial(role, action, queue_arn):
            name = action.partition(":")[2]
            return f"The provided execution role does not have permissions to call {name} on SQS"
    size = int(mapping.get("BatchSize") or 10)
    window = int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    if size > 10 and window == 0:
        return (
            "Maximum batch window in seconds must be greater than 0 "
            "if maximum batch size is greater than 10"
        )
    queue = sqs._queue_by_arn(queue_arn)
    if queue is None:
        return f"Queue {queue_arn} does not exist"
    visible = int(queue["attributes"].get("VisibilityTimeout", "30"))
    timeout = int(function["config"].get("Timeout", 3))
    if visible < timeout:
        return (
            f"Queue visibility timeout: {visible} seconds is less than "
            f"Function timeout: {timeout} seconds"
        )
    return None


def poll_denial(
    mapping: Mapping[str, Any], config: Mapping[str, Any], queue: Mapping[str, Any]
) -> str | None:
    """Say why Lambda cannot read the queue now, and remember it where it can be seen."""
    role = execution_roles.role_of(config)
    arn = mapping["EventSourceArn"]
    denied = next(
        filter(None, (authorization.denial(role, action, arn) for action in _QUEUE_ACTIONS)), None
    )
    if denied is None:
        try:
            queues.require_queue_key(role, queue, RECEIVING)
        except KeyRefusedError as refused:
            if refused.by_rule:  # it asks again soon
                return refused.message
            denied = refused.message
    if denied:
        problems.report("polling", f"{config.get('FunctionName')} cannot read its queue: {denied}")
    return denied
