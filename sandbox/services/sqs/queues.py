"""Encrypted queues and topics: who sends or receives needs the key, and so does a service."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.services import sns, sqs

from sandbox.core import emulator
from sandbox.iam import authorization, problems
from sandbox.iam.authorization import Principal
from sandbox.services.kms import keys
from sandbox.services.kms.keys import KeyRefusedError

_SQS, _SNS = "ministack.services.sqs", "ministack.services.sns"
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
SENDING = ("kms:GenerateDataKey", "kms:Decrypt")
RECEIVING = ("kms:Decrypt",)


def install() -> None:
    """Put the key checks around sending, receiving and publishing."""
    for action, needed in {
        "SendMessage": SENDING,
        "SendMessageBatch": SENDING,
        "ReceiveMessage": RECEIVING,
    }.items():
        sqs._HANDLERS[action] = _guard_queue(sqs._HANDLERS[action], needed)
    for name in ("_publish", "_publish_batch"):
        emulator.replace(f"{_SNS}:{name}", "(params)", _guard_topic)
    emulator.replace(
        f"{_SQS}:queue_policy_allows",
        "(queue_arn, service, source_arn, source_account)",
        _service_may_send,
    )
    emulator.replace(
        f"{_SNS}:topic_policy_allows",
        "(topic_arn, service, source_arn, source_account)",
        _service_may_publish,
    )


def _guard_queue(handler: Callable[..., Any], needed: Sequence[str]) -> Callable[..., Any]:
    def guarded(data: dict[str, Any], queue_url: str) -> Any:
        queue = sqs._get_q(data.get("QueueUrl", queue_url))
        try:
            require_queue_key(authorization.request_caller(), queue, needed)
        except KeyRefusedError as refused:
            raise sqs._Err(refused.code, refused.message, 400) from refused
        return handler(data, queue_url)

    return guarded


def require_queue_key(
    principal: Principal | None, queue: Mapping[str, Any], needed: Sequence[str]
) -> None:
    """Raise `KeyRefusedError` unless the principal may use an encrypted queue's key."""
    attributes = queue["attributes"]
    if key := attributes.get("KmsMasterKeyId"):
        arn = {"aws:sqs:arn": attributes["QueueArn"]}
        keys.require_use(principal, needed, key, service="sqs", encryption_context=arn)


def _guard_topic(original: Callable[..., Any]) -> Callable[..., Any]:
    def publish(params: Any) -> Any:
        arn = sns._normalize_arn(sns._p(params, "TopicArn") or sns._p(params, "TargetArn"))
        topic = sns._topics.get(arn) if arn else None
        key = ((topic or {}).get("attributes") or {}).get("KmsMasterKeyId")
        if key:
            context = {"aws:sns:topicArn": arn}
            caller = authorization.request_caller()
            try:
                keys.require_use(caller, SENDING, key, service="sns", encryption_context=context)
            except KeyRefusedError as refused:
                return sns._error(refused.code.replace("KMS.", "KMS"), refused.message, 400)
        return original(params)

    return publish


def _service_may_send(original: Callable[..., Any]) -> Callable[..., Any]:
    def allows(queue_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        queue = sqs._queue_by_arn(queue_arn)
        key = queue["attributes"].get("KmsMasterKeyId") if queue else None
        denied = delivery_denial(
            service, "sqs:SendMessage", queue_arn, key, source_arn, source_account
        )
        if denied:
            problems.report("delivery", f"{source_arn} cannot send to {queue_arn}: {denied}")
        return denied is None

    return allows


def _service_may_publish(original: Callable[..., Any]) -> Callable[..., Any]:
    def allows(topic_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        topic = sns._topic_by_arn_any_scope(topic_arn)
        key = topic["attributes"].get("KmsMasterKeyId") if topic else None
        denied = delivery_denial(service, "sns:Publish", topic_arn, key, source_arn, source_account)
        if denied:
            problems.report("delivery", f"{source_arn} cannot publish to {topic_arn}: {denied}")
        return denied is None

    return allows


def delivery_denial(
    service: str, action: str, target_arn: str, key: str | None, source_arn: str, account: str
) -> str | None:
    """Say why a service may not deliver to a queue or topic: its policy, or its key's policy."""
    source = {
        "aws:SourceArn": source_arn,
        "aws:SourceAccount": account,
        "aws:SourceOwner": account,
    }
    denied = authorization.service_denial(service, action, target_arn, source)
    if denied or not key or not authorization.enforced():
        return denied
    kind = "sns" if action.startswith("sns:") else "sqs"
    context = {"aws:sns:topicArn" if kind == "sns" else "aws:sqs:arn": target_arn}
    return keys.service_use_denial(
        service, SENDING, key, service=kind, encryption_context=context, source=source
    )
