"""An encrypted log group: its key must trust CloudWatch Logs, or it cannot be made."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import provisioners, responses
from sandbox.iam import authorization
from sandbox.services.kms import keys
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.logs.upstream import cloudwatch_logs

# What AWS's guide grants, by what its wildcards hold. Which of them it checks it does not say:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
_ACTIONS = (
    *("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
    *("kms:GenerateDataKey", "kms:DescribeKey"),
)


def install() -> None:
    """Check the key where log groups are made, by API and by template."""
    because = "the key of a log group must let CloudWatch Logs use it for this very group"
    patching.wrap(cloudwatch_logs, "_create_log_group", _create, because=because)
    for verb, make in (("create", _create_from_template), ("update", _update_from_template)):
        patching.wrap_item(
            provisioners,
            "_RESOURCE_HANDLERS",
            ("AWS::Logs::LogGroup", verb),
            make,
            because=because,
        )


def _create_from_template(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(logical_id: str, properties: Any, stack: str) -> Any:
        name = properties.get("LogGroupName") or f"/aws/cloudformation/{stack}/{logical_id}"
        _require(properties, name)
        return original(logical_id, properties, stack)

    return create


def _update_from_template(original: Callable[..., Any]) -> Callable[..., Any]:
    def update(physical_id: str, old: Any, new: Any, *rest: Any) -> Any:
        _require(new, physical_id)
        return original(physical_id, old, new, *rest)

    return update


def _create(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(data: dict[str, Any]) -> Any:
        why = refusal(data.get("kmsKeyId"), data.get("logGroupName", ""))
        if why:
            return responses.error_response_json("InvalidParameterException", why, 400)
        return original(data)

    return create


def _require(properties: Mapping[str, Any], group: str) -> None:
    if why := refusal(properties.get("KmsKeyId"), group):
        raise ValueError(why)


def refusal(key: str | None, group: str) -> str | None:
    """Say why a log group cannot have this key; None when it can, or has none."""
    if not key or not authorization.enforced():
        return None
    arn = cloudwatch_logs._make_group_arn(group).removesuffix(":*")
    service = f"logs.{responses.get_region()}.amazonaws.com"
    context = {"kms:EncryptionContext:aws:logs:arn": arn, "aws:SourceArn": arn}
    context["aws:SourceAccount"] = responses.get_account_id()
    try:
        key_arn = keys.key_arn(key, "logs")
        denials = [
            authorization.service_denial(service, action, key_arn, context) for action in _ACTIONS
        ]
    except KeyRefusedError as refused:
        denials = [refused.message]
    if not any(denials):
        return None
    return (
        "The specified KMS key does not exist or is not allowed to be used "
        f"with Arn '{arn}'; {next(filter(None, denials))}"
    )
