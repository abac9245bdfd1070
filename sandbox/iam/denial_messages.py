"""A denial says on what: without the resource nobody can write the statement that is missing."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import iam_actions

# One request, several resources: the emulator does not say which of them was refused.
_SEVERAL = ("dynamodb:Batch", "dynamodb:Transact", "events:PutEvents")
_READS = ("s3:GetObject", "s3:GetObjectVersion")


def install() -> None:
    """Name the resource in the gateway's own refusals, as AWS does."""
    patching.wrap(
        iam_actions,
        "access_denied_response",
        _with_resource,
        because="AWS's denial names the resource; the emulator's does not",
    )


def _with_resource(original: Callable[..., Any]) -> Callable[..., Any]:
    def response(service: str, action: str, principal_arn: str, *rest: Any, **more: Any) -> Any:
        by_resource = more.get("explicit_deny") and more.get("resource_policy_arn")
        if not (more.get("message") or more.get("error_code") or by_resource):
            resource = _resource(service, action, more)
            if resource and service != "iot-data":
                more["message"] = iam_actions.identity_denial_message(
                    action, principal_arn, resource, bool(more.get("explicit_deny"))
                )
        return original(service, action, principal_arn, *rest, **more)

    return response


def _resource(service: str, action: str, more: Mapping[str, Any]) -> str:
    if action.startswith(_SEVERAL):
        return ""
    source = iam_actions._s3_source_object(more.get("headers") or {}) if service == "s3" else None
    if source and action in _READS:
        return str(source[0])
    return str(more.get("resource_arn", "*"))
