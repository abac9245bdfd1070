"""EventBridge: a rule reaches what trusts it, and what it cannot reach lies in its dead letters."""

import contextvars
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sandbox.core import emulator, patching
from sandbox.core.upstream import responses
from sandbox.iam import authorization, problems
from sandbox.services.events.upstream import eventbridge
from sandbox.services.kms import keys
from sandbox.services.kms.deliveries import delivery_denial, invocation_denial
from sandbox.services.lambda_.upstream import lambda_svc
from sandbox.services.sagemaker.pipelines import service as pipelines
from sandbox.services.sns.upstream import sns
from sandbox.services.sqs.upstream import sqs
from sandbox.services.stepfunctions.upstream import stepfunctions

Rule = Mapping[str, Any]
Target = Mapping[str, Any]
_VERBS = {
    "events": ("events:PutEvents", "put events on"),
    "lambda": ("lambda:InvokeFunction", "invoke"),
    "sagemaker": ("sagemaker:StartPipelineExecution", "start"),
    "sns": ("sns:Publish", "publish to"),
    "sqs": ("sqs:SendMessage", "send to"),
    "states": ("states:StartExecution", "start"),
}
_BY_POLICY = ("lambda", "sns", "sqs")  # these trust a rule by policies of their own


class Failure(NamedTuple):
    """Why an event was given up, in the words of the attributes of its dead letter.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """

    code: str
    message: str
    attempts: int = 0
    exhausted: str = ""


_failure: contextvars.ContextVar[list[Failure] | None] = contextvars.ContextVar(
    "failure", default=None
)


def install() -> None:
    """Check each delivery."""
    patching.wrap(
        eventbridge,
        "_invoke_target",
        _deliver,
        because="a target is reached by its policy or the rule's role, else its dead letters",
        issue=1313,
    )
    patching.replace(
        eventbridge,
        "_dispatch_to_stepfunctions",
        _start,
        because="a refused start is a failed delivery; the emulator does not look at the answer",
        issue=1313,
    )
    patching.replace(
        eventbridge,
        "_dispatch_to_lambda",
        _invoke,
        because="a function is invoked asynchronously: tried again, then a dead letter of its own",
    )


def _deliver(original: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(target: Target, event: Mapping[str, Any], rule: Rule, view: Any = None) -> None:
        token = _failure.set([])
        try:
            with emulator.acting_as(None):  # EventBridge's own work, whoever made the event
                failure = _refusal(target, rule)
                if failure is None and service_of(str(target.get("Arn", ""))) == "sagemaker":
                    failure = _start_pipeline(target, event, view)
                elif failure is None:
                    original(target, event, rule, view)
                    failure = next(iter(_failure.get() or ()), None)
        finally:
            _failure.reset(token)
        if failure is not None:
            give_up(target, event, rule, failure, view)

    return invoke


def _start(arn: str, payload: str) -> None:
    """Start an execution, and keep the answer: the emulator does not look at it."""
    request = {"stateMachineArn": arn, "input": payload}
    with keys.asked_again():
        status, _, body = stepfunctions._start_execution(request)
    failures = _failure.get()
    if status >= 400 and failures is not None:
        told = json.loads(body)
        failures.append(Failure("ERROR_FROM_TARGET", f"{told['__type']}: {told['message']}"))


def _start_pipeline(target: Target, event: Mapping[str, Any], view: Any) -> Failure | None:
    """Start a pipeline; a parameter's value may be a path into the event."""
    seen = (view or eventbridge._pattern_event_view(event)).event_with_detail()
    asked = (target.get("SageMakerPipelineParameters") or {}).get("PipelineParameterList") or []
    token = hashlib.sha256(f"{event['EventId']}:{target['Arn']}:{target['Id']}".encode())
    try:
        pipelines.start(
            {
                "PipelineName": target["Arn"],
                "ClientRequestToken": token.hexdigest(),
                "PipelineParameters": [
                    {"Name": each["Name"], "Value": _found_in(seen, str(each["Value"]))}
                    for each in asked
                ],
            }
        )
    except emulator.ServiceError as error:
        return Failure("ERROR_FROM_TARGET", f"{error.code}: {error.message}")
    return None


def _found_in(event: Any, value: str) -> str:
    if not value.startswith("$."):
        return value
    for part in value.removeprefix("$.").split("."):
        event = event.get(part) if isinstance(event, dict) else None
    return event if isinstance(event, str) else json.dumps(event)


def _invoke(arn: str, payload: str) -> None:
    func, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if func and config:
        record = lambda_svc._execution_record_for_config(func, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))


def _refusal(target: Target, rule: Rule) -> Failure | None:
    arn, role_arn = str(target.get("Arn", "")), str(target.get("RoleArn") or "")
    service = service_of(arn)
    if service not in _VERBS or "api-destination/" in arn:
        return None
    if not _exists(service, arn):
        return Failure("NO_RESOURCE", f"The target {arn} does not exist.")
    if not authorization.enforced() or (service == "events" and not role_arn):
        return None  # a bus of the same account needs no right
    if role_arn or service not in _BY_POLICY:
        return _role_refusal(service, arn, role_arn, rule)
    denied = _policy_denial(service, arn, str(rule.get("Arn", "")))
    return Failure("NO_PERMISSIONS", denied) if denied else None


def _role_refusal(service: str, arn: str, role_arn: str, rule: Rule) -> Failure | None:
    source = str(rule.get("Arn", ""))
    by = f"{service_of(source)}.amazonaws.com"  # events, or scheduler
    context = {"aws:SourceArn": source, "aws:SourceAccount": responses.get_account_id()}
    if not authorization.trusts(role_arn, by, context):
        return Failure("FAILED_TO_ASSUME_ROLE", f"{by} cannot assume the role {role_arn}")
    role = authorization.execution_role(role_arn, str(rule.get("Name", "rule"))[:64])
    denied = authorization.denial(role, _VERBS[service][0], arn)
    return Failure("NO_PERMISSIONS", denied) if denied else None


def _policy_denial(service: str, arn: str, rule_arn: str) -> str | None:
    if service == "lambda":
        return invocation_denial("events.amazonaws.com", arn, rule_arn)
    target = sqs._queue_by_arn(arn) if service == "sqs" else sns._topic_by_arn_any_scope(arn)
    return delivery_denial(
        "events.amazonaws.com",
        _VERBS[service][0],
        arn,
        ((target or {}).get("attributes") or {}).get("KmsMasterKeyId"),
        rule_arn,
        responses.get_account_id(),
    )


def _exists(service: str, arn: str) -> bool:
    match service:
        case "lambda":
            return lambda_svc._get_func_record_for_ref(arn)[1] is not None
        case "sagemaker":
            return pipelines.exists(arn)
        case "sqs":
            return sqs._queue_by_arn(arn) is not None
        case "sns":
            return sns._topic_by_arn_any_scope(arn) is not None
        case "states":
            return stepfunctions._resolve_state_machine_arn(arn) is not None
    return True


def give_up(
    target: Target, event: Mapping[str, Any], rule: Rule, failure: Failure, view: Any = None
) -> None:
    """Report an event that was not delivered, and send it to the dead-letter queue if any."""
    arn, rule_arn = str(target.get("Arn", "")), str(rule.get("Arn", ""))
    verb = _VERBS.get(service_of(arn), ("", "reach"))[1]
    if not failure.exhausted:  # retries run out by a fault rule only, which is no problem
        problems.report("delivery", f"{rule_arn} cannot {verb} {arn}: {failure.message}")
    dead = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not dead:
        return
    said = {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": arn,
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
        "EXHAUSTED_RETRY_CONDITION": failure.exhausted,
    }
    view = view or eventbridge._pattern_event_view(event)
    _send_dead_letter(
        dead, rule_arn, target.get("RoleArn"), view.event_with_detail(), said, failure.attempts
    )


def _send_dead_letter(
    queue_arn: str,
    rule_arn: str,
    role_arn: Any,
    event: Mapping[str, Any],
    said: Mapping[str, str],
    attempts: int,
) -> None:
    queue = sqs._queue_by_arn(queue_arn)
    if queue is None:
        problems.report("delivery", f"{rule_arn} has no dead-letter queue {queue_arn}")
        return
    if denied := _dead_letter_denial(queue_arn, rule_arn, role_arn):
        problems.report("delivery", f"{rule_arn} cannot send to {queue_arn}: {denied}")
        return
    attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in said.items() if value
    }
    attributes["RETRY_ATTEMPTS"] = {"DataType": "Number", "StringValue": str(attempts)}
    message = {"MessageBody": json.dumps(event), "MessageAttributes": attributes}
    with emulator.acting_as(None):
        sqs._act_send_message(message, queue["url"])


def _dead_letter_denial(queue_arn: str, rule_arn: str, role_arn: Any) -> str | None:
    if service_of(rule_arn) == "scheduler":  # which has no other right than its role's
        role = authorization.execution_role(str(role_arn or ""), "scheduler")
        return authorization.denial(role, "sqs:SendMessage", queue_arn)
    return _policy_denial("sqs", queue_arn, rule_arn)


def service_of(arn: str) -> str:
    """Read the service of an ARN."""
    return (arn.split(":") + [""] * 3)[2]
