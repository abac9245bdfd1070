"""Encrypted queues: who sends or receives needs the key, and so does a service."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.core import patching
from sandbox.iam import authorization, problems
from sandbox.iam.authorization import Principal
from sandbox.services.kms import keys
from sandbox.services.kms.deliveries import RECEIVING, SENDING, delivery_denial
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.sqs.upstream import sqs


def install() -> None:
    """Put the key checks around sending and receiving."""
    for action, needed in {
        "SendMessage": SENDING,
        "SendMessageBatch": SENDING,
        "ReceiveMessage": RECEIVING,
    }.items():
        patching.wrap_item(
            sqs,
            "_HANDLERS",
            (action,),
            _guard_queue(needed),
            because="who uses an encrypted queue needs its key",
        )
    patching.replace(
        sqs,
        "queue_policy_allows",
        _service_may_send,
        because="a service that delivers is judged by the queue's policy and by its key's",
    )


def _guard_queue(needed: Sequence[str]) -> patching.Make:
    def make(handler: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(data: dict[str, Any], queue_url: str) -> Any:
            queue = sqs._get_q(data.get("QueueUrl", queue_url))
            try:
                require_queue_key(authorization.request_caller(), queue, needed)
            except KeyRefusedError as refused:
                raise sqs._Err(refused.code, refused.message, 400) from refused
            return handler(data, queue_url)

        return guarded

    return make


def require_queue_key(
    principal: Principal | None, queue: Mapping[str, Any], needed: Sequence[str]
) -> None:
    """Raise `KeyRefusedError` unless the principal may use an encrypted queue's key."""
    attributes = queue["attributes"]
    if key := attributes.get("KmsMasterKeyId"):
        arn = {"aws:sqs:arn": attributes["QueueArn"]}
        keys.require_use(principal, needed, key, service="sqs", encryption_context=arn)


def _service_may_send(queue_arn: str, service: str, source_arn: str, source_account: str) -> bool:
    queue = sqs._queue_by_arn(queue_arn)
    key = queue["attributes"].get("KmsMasterKeyId") if queue else None
    denied = delivery_denial(service, "sqs:SendMessage", queue_arn, key, source_arn, source_account)
    if denied:
        problems.report("delivery", f"{source_arn} cannot send to {queue_arn}: {denied}")
    return denied is None
