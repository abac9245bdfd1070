"""A function's role, as Lambda checks it: when the function is made, and at every log line."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners, responses
from sandbox.iam import authorization, problems
from sandbox.iam.authorization import Principal
from sandbox.iam.upstream import iam
from sandbox.services.kms.deliveries import SENDING
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.lambda_.upstream import lambda_svc
from sandbox.services.logs.upstream import cloudwatch_logs
from sandbox.services.sqs import queues
from sandbox.services.sqs.upstream import sqs

_TRACING = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
_VPC_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)


def install() -> None:
    """Check roles where functions are made and changed, by API and by template."""
    because = "Lambda takes no role that it cannot assume, or that cannot do what was configured"
    patching.wrap(lambda_svc, "_create_function", _create_function, because=because)
    patching.wrap(lambda_svc, "_update_config", _update_config, because=because)
    for verb, properties_at in (("create", 1), ("update", 2)):
        patching.wrap_item(
            provisioners,
            "_RESOURCE_HANDLERS",
            ("AWS::Lambda::Function", verb),
            _checked_template(properties_at),
            because=because,
        )
    patching.wrap(
        lambda_svc,
        "_emit_lambda_logs",
        _write_logs,
        because="a log line that the role may not write is lost, and a trace too",
    )
    patching.wrap(
        lambda_svc,
        "_route_async_failure",
        _dead_letter,
        because="a failure goes to a target that the role may send to, key included",
    )


def role_of(config: Mapping[str, Any]) -> Principal:
    """Return who a function is when it runs."""
    return authorization.execution_role(
        config.get("Role", ""), config.get("FunctionName", "function")
    )


def _create_function(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(data: dict[str, Any]) -> Any:
        return _refused(refusal(data)) or original(data)

    return create


def _update_config(original: Callable[..., Any]) -> Callable[..., Any]:
    def update(name: str, data: dict[str, Any]) -> Any:
        function = lambda_svc._functions.get(name) or {"config": {}}
        return _refused(refusal({**function["config"], **data})) or original(name, data)

    return update


def _checked_template(properties_at: int) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any) -> Any:
            if why := refusal(arguments[properties_at]):
                raise ValueError(
                    f"Invalid request provided: {why} (Service: Lambda, Status Code: 400)"
                )
            return original(*arguments)

        return checked

    return make


def _refused(why: str | None) -> Any:
    if why is None:
        return None
    return responses.error_response_json("InvalidParameterValueException", why, 400)


def refusal(function: Mapping[str, Any]) -> str | None:
    """Say why Lambda would not take a function with this role; its properties are the API's."""
    role_arn = function.get("Role")
    if not authorization.enforced() or not isinstance(role_arn, str):
        return None
    if role_arn.rpartition("/")[2] not in iam._roles:
        return None  # the emulator says that the role is missing
    if not authorization.trusts(role_arn, "lambda.amazonaws.com"):
        return "The role defined for the function cannot be assumed by Lambda."
    principal = authorization.execution_role(role_arn, function.get("FunctionName") or "function")
    for action, resource in _needed(function):
        if authorization.denial(principal, action, resource):
            service, _, name = action.partition(":")
            return (
                "The provided execution role does not have permissions to call "
                f"{name} on {service.upper()}"
            )
    return None


def _needed(function: Mapping[str, Any]) -> list[tuple[str, str]]:
    needed: list[tuple[str, str]] = []
    if (function.get("TracingConfig") or {}).get("Mode") == "Active":
        needed += [("xray:PutTraceSegments", "*")]
    target = (function.get("DeadLetterConfig") or {}).get("TargetArn")
    if target:
        needed.append((_sending(target), target))
    if (function.get("VpcConfig") or {}).get("SubnetIds"):
        needed += [(action, "*") for action in _VPC_ACTIONS]
    return needed


def _sending(target_arn: str) -> str:
    return "sns:Publish" if ":sns:" in target_arn else "sqs:SendMessage"


def _write_logs(original: Callable[..., Any]) -> Callable[..., Any]:
    def write(func: dict[str, Any], *arguments: Any, **more: Any) -> None:
        config = func.get("config") or func
        name = config.get("FunctionName")
        if denied := trace_denial(config):
            problems.report("tracing", f"{name} cannot be traced: {denied}")
        if denied := log_denial(config):
            problems.report("logs", f"{name} cannot write to its log group: {denied}")
            return
        original(func, *arguments, **more)

    return write


def trace_denial(config: Mapping[str, Any]) -> str | None:
    """Say why the traces of a function that wants them would be lost."""
    if (config.get("TracingConfig") or {}).get("Mode") != "Active":
        return None
    role = role_of(config)
    return next(
        filter(None, (authorization.denial(role, action, "*") for action in _TRACING)), None
    )


def log_denial(config: Mapping[str, Any]) -> str | None:
    """Say why a function's log lines would be lost."""
    group = (config.get("LoggingConfig") or {}).get("LogGroup")
    group = group or f"/aws/lambda/{config.get('FunctionName')}"
    arn = cloudwatch_logs._make_group_arn(group).removesuffix(":*")
    needed = [
        ("logs:CreateLogStream", f"{arn}:log-stream:*"),
        ("logs:PutLogEvents", f"{arn}:log-stream:*"),
    ]
    if group not in cloudwatch_logs._log_groups:
        needed.insert(0, ("logs:CreateLogGroup", arn))
    role = role_of(config)
    return next(filter(None, (authorization.denial(role, *need) for need in needed)), None)


def _dead_letter(original: Callable[..., Any]) -> Callable[..., Any]:
    def route(target_arn: str, func_name: str, event: Any, result: Any) -> None:
        function = lambda_svc._functions.get(func_name) or {}
        action = "lambda:InvokeFunction" if ":lambda:" in target_arn else _sending(target_arn)
        role = role_of(function.get("config") or {})
        if denied := authorization.denial(role, action, target_arn) or _key_denial(
            role, target_arn
        ):
            problems.report("delivery", f"{func_name} cannot reach its failure target: {denied}")
            return
        original(target_arn, func_name, event, result)

    return route


def _key_denial(role: Principal, target_arn: str) -> str | None:
    """Say why a role may not send to an encrypted queue."""
    queue = sqs._queue_by_arn(target_arn) if ":sqs:" in target_arn else None
    try:
        if queue is not None:
            queues.require_queue_key(role, queue, SENDING)
    except KeyRefusedError as refused:
        return refused.message
    return None
