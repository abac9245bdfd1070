"""S3 that tells of its objects needs the permission of whom it tells."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.iam import problems
from sandbox.services.kms.deliveries import delivery_denial, invocation_denial
from sandbox.services.s3.objects import bucket_arn
from sandbox.services.s3.upstream import s3
from sandbox.services.sns.upstream import sns
from sandbox.services.sqs.upstream import sqs

_SERVICE = "s3.amazonaws.com"


def install() -> None:
    """Check a bucket's destinations when they are set, and each function before it is called."""
    patching.replace(
        s3,
        "_notification_destination_allows",
        _destination_allows,
        because="a destination must let S3 in by its policy and by the policy of its key",
    )
    patching.wrap(
        s3,
        "_validate_notification_configs",
        _validate,
        because="a function must let S3 in when the notification is set",
    )
    patching.wrap(
        s3,
        "_deliver_event_to_lambda",
        _from_bucket,
        because="a function must let S3 in at every event; what cannot be delivered is reported",
    )


def _destination_allows(target_type: str, arn: str, bucket_name: str, owner: str) -> bool:
    """Answer from the same policies as a delivery, but report nothing: the call itself fails."""
    target = sqs._queue_by_arn(arn) if target_type == "sqs" else sns._topic_by_arn_any_scope(arn)
    action = "sqs:SendMessage" if target_type == "sqs" else "sns:Publish"
    key = target["attributes"].get("KmsMasterKeyId") if target else None
    account = owner or responses.get_account_id()
    source = bucket_arn(bucket_name)
    return delivery_denial(_SERVICE, action, arn, key, source, account) is None


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
        closed = [arn for arn in functions if invocation_denial(_SERVICE, arn, source)]
        if not closed:
            return None
        return s3._invalid_notification_config(
            "Unable to validate the following destination configurations: " + ", ".join(closed)
        )

    return validate


def _from_bucket(original: Callable[..., Any]) -> Callable[..., Any]:
    def deliver(arn: str, event_payload: dict[str, Any], bucket_region: str) -> None:
        bucket = event_payload["Records"][0]["s3"]["bucket"]["name"]
        if _may_invoke(_SERVICE, arn, bucket_arn(bucket)):
            original(arn, event_payload, bucket_region)

    return deliver


def _may_invoke(service: str, function_arn: str, source_arn: str) -> bool:
    denied = invocation_denial(service, function_arn, source_arn)
    if denied:
        problems.report("delivery", f"{source_arn} cannot invoke {function_arn}: {denied}")
    return denied is None
