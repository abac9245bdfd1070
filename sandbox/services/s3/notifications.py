"""A service that calls a target of its own accord needs the target's permission."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import s3

from sandbox.core import emulator
from sandbox.iam import authorization, problems
from sandbox.services.s3.objects import bucket_arn
from sandbox.services.sqs import queues

_S3, _SNS = "ministack.services.s3", "ministack.services.sns"
_S3_SERVICE, _SNS_SERVICE = "s3.amazonaws.com", "sns.amazonaws.com"


def install() -> None:
    """Check a bucket's destinations when they are set, and each function before it is called."""
    emulator.replace(
        f"{_S3}:_notification_destination_allows",
        "(target_type, arn, bucket_name, owner)",
        _destination_allows,
    )
    emulator.replace(
        f"{_S3}:_validate_notification_configs",
        "(configs, bucket_region, bucket_name, skip_destination_validation)",
        _validate,
    )
    emulator.replace(
        f"{_S3}:_deliver_event_to_lambda", "(arn, event_payload, bucket_region)", _from_bucket
    )
    emulator.replace(
        f"{_SNS}:_deliver_to_lambda",
        "(endpoint, envelope, topic_arn, sub_arn, msg_id, raw_message, message_attributes)",
        _from_topic,
    )


def _destination_allows(_original: Callable[..., Any]) -> Callable[..., Any]:
    """Answer from the same policies as a delivery, but report nothing: the call itself fails."""

    def allows(target_type: str, arn: str, bucket_name: str, owner: str) -> bool:
        from ministack.services import sns, sqs

        target = (
            sqs._queue_by_arn(arn) if target_type == "sqs" else sns._topic_by_arn_any_scope(arn)
        )
        action = "sqs:SendMessage" if target_type == "sqs" else "sns:Publish"
        key = target["attributes"].get("KmsMasterKeyId") if target else None
        account = owner or responses.get_account_id()
        source = bucket_arn(bucket_name)
        return queues.delivery_denial(_S3_SERVICE, action, arn, key, source, account) is None

    return allows


def _validate(original: Callable[..., Any]) -> Callable[..., Any]:
    def validate(
        configs: list[dict[str, Any]],
        bucket_region: str,
        bucket_name: str = "",
        skip_destination_validation: bool = False,
    ) -> Any:
        refused = original(configs, bucket_region, bucket_name, skip_destination_validation)
        if refused is not None or skip_destination_validation:
            return refused
        functions = [config["arn"] for config in configs if config["type"] == "lambda"]
        source = bucket_arn(bucket_name)
        closed = [arn for arn in functions if invocation_denial(_S3_SERVICE, arn, source)]
        if not closed:
            return None
        return s3._invalid_notification_config(
            "Unable to validate the following destination configurations: " + ", ".join(closed)
        )

    return validate


def _from_bucket(original: Callable[..., Any]) -> Callable[..., Any]:
    def deliver(arn: str, event_payload: dict[str, Any], bucket_region: str) -> None:
        bucket = event_payload["Records"][0]["s3"]["bucket"]["name"]
        if _may_invoke(_S3_SERVICE, arn, bucket_arn(bucket)):
            original(arn, event_payload, bucket_region)

    return deliver


def _from_topic(original: Callable[..., Any]) -> Callable[..., Any]:
    def deliver(endpoint: str, envelope: str, topic_arn: str, *rest: Any) -> None:
        if _may_invoke(_SNS_SERVICE, endpoint, topic_arn):
            original(endpoint, envelope, topic_arn, *rest)

    return deliver


def invocation_denial(service: str, function_arn: str, source_arn: str) -> str | None:
    """Say why a service may not invoke a function for a source; its resource policy decides."""
    account = responses.get_account_id()
    source = {"aws:SourceArn": source_arn, "aws:SourceAccount": account}
    return authorization.service_denial(service, "lambda:InvokeFunction", function_arn, source)


def _may_invoke(service: str, function_arn: str, source_arn: str) -> bool:
    denied = invocation_denial(service, function_arn, source_arn)
    if denied:
        problems.report("delivery", f"{source_arn} cannot invoke {function_arn}: {denied}")
    return denied is None
