"""Actions of topic rules: a record for a stream of Kinesis, a message for a queue, as the role."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.core.upstream import responses
from sandbox.iam import authorization, sessions
from sandbox.services.kinesis.upstream import kinesis
from sandbox.services.sqs.upstream import sqs

SERVICE = "iot.amazonaws.com"
Given = Mapping[str, Any]
_NEW_KEY = "${newuuid()}"


class ActionError(RuntimeError):
    """An action that could not be done; says why."""


def require_known(action: Given) -> None:
    """Refuse by its name what is not carried out."""
    ((kind, given),) = action.items()
    if kind not in _ACTIONS:
        raise ValueError(
            f"the sandbox does not carry out the action {kind} of a topic rule; "
            f"it has {', '.join(_ACTIONS)}"
        )
    if unknown := sorted(given.keys() - _ACTIONS[kind][1]):
        raise ValueError(f"the sandbox does not carry out {', '.join(unknown)} of {kind}")
    if "${" in (text := str(given.get("partitionKey", ""))) and text != _NEW_KEY:
        raise ValueError(f"the sandbox fills in {_NEW_KEY} and nothing else; found {text}")


def do(rule_arn: str, rule: str, action: Given, event: Any) -> None:
    """Do an action as its role; raises ActionError."""
    ((kind, given),) = action.items()
    role_arn = str(given["roleArn"])
    context = {"aws:SourceArn": rule_arn, "aws:SourceAccount": responses.get_account_id()}
    if not authorization.trusts(role_arn, SERVICE, context):
        raise ActionError(f"{SERVICE} cannot assume the role {role_arn}")
    _ACTIONS[kind][0](rule, role_arn, given, event)


def _put_record(rule: str, role_arn: str, given: Given, event: Any) -> None:
    name = str(given["streamName"])
    stream = kinesis._streams.get(name)
    if stream is None:
        raise ActionError(f"the stream {name} does not exist")
    _require(role_arn, rule, "kinesis:PutRecord", stream["StreamARN"])
    key = str(given.get("partitionKey") or _NEW_KEY).replace(_NEW_KEY, responses.new_uuid())
    data = base64.b64encode(_body(event).encode()).decode()
    with emulator.acting_as(sessions.opened(role_arn, service=SERVICE, session=rule)):
        status, _, body = kinesis._put_record(
            {"StreamName": name, "PartitionKey": key, "Data": data}
        )
    if status >= 400:
        raise ActionError(json.loads(body).get("message", f"kinesis answers {status}"))


def _send_message(rule: str, role_arn: str, given: Given, event: Any) -> None:
    url = str(given["queueUrl"])
    body = _body(event)
    if given.get("useBase64"):
        body = base64.b64encode(body.encode()).decode()
    try:
        queue = sqs._get_q(url)
        _require(role_arn, rule, "sqs:SendMessage", queue["attributes"]["QueueArn"])
        with emulator.acting_as(sessions.opened(role_arn, service=SERVICE, session=rule)):
            sqs._HANDLERS["SendMessage"]({"QueueUrl": url, "MessageBody": body}, url)
    except sqs._Err as error:
        raise ActionError(f"{url}: {error.code}: {error.message}") from error


_ACTIONS: dict[str, tuple[Callable[[str, str, Given, Any], None], set[str]]] = {
    "kinesis": (_put_record, {"roleArn", "streamName", "partitionKey"}),
    "sqs": (_send_message, {"roleArn", "queueUrl", "useBase64"}),
}


def _require(role_arn: str, rule: str, action: str, on: str) -> None:
    if denied := authorization.denial(authorization.execution_role(role_arn, rule), action, on):
        raise ActionError(denied)


def _body(event: Any) -> str:
    return event if isinstance(event, str) else json.dumps(event)
