"""Encrypted topics, and functions that a topic calls: both by policy, for whoever asks."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.iam import authorization, problems
from sandbox.services.kms import keys
from sandbox.services.kms.deliveries import SENDING, delivery_denial, invocation_denial
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.sns.upstream import sns

_SERVICE = "sns.amazonaws.com"


def install() -> None:
    """Put the checks around publishing and delivering."""
    for name in ("_publish", "_publish_batch"):
        patching.wrap(
            sns, name, _guard_topic, because="who publishes to an encrypted topic needs its key"
        )
    patching.replace(
        sns,
        "topic_policy_allows",
        _service_may_publish,
        because="a service that delivers is judged by the topic's policy and by its key's",
    )
    patching.wrap(
        sns,
        "_deliver_to_lambda",
        _deliver,
        because="a function must let SNS in; what cannot be delivered is reported",
    )


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


def _service_may_publish(
    topic_arn: str, service: str, source_arn: str, source_account: str
) -> bool:
    topic = sns._topic_by_arn_any_scope(topic_arn)
    key = topic["attributes"].get("KmsMasterKeyId") if topic else None
    denied = delivery_denial(service, "sns:Publish", topic_arn, key, source_arn, source_account)
    if denied:
        problems.report("delivery", f"{source_arn} cannot publish to {topic_arn}: {denied}")
    return denied is None


def _deliver(original: Callable[..., Any]) -> Callable[..., Any]:
    def deliver(endpoint: str, envelope: str, topic_arn: str, *rest: Any) -> None:
        if denied := invocation_denial(_SERVICE, endpoint, topic_arn):
            problems.report("delivery", f"{topic_arn} cannot invoke {endpoint}: {denied}")
            return
        original(endpoint, envelope, topic_arn, *rest)

    return deliver
