"""What policies may say of targets that scale: which, of which service, and what scales."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.iam import condition_keys, request_resources

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
KEYS = {
    "application-autoscaling:service-namespace": "ServiceNamespace",
    "application-autoscaling:scalable-dimension": "ScalableDimension",
}
_ON_TARGETS = (
    *("RegisterScalableTarget", "DeregisterScalableTarget"),
    *("PutScalingPolicy", "DeleteScalingPolicy"),
    *("PutScheduledAction", "DeleteScheduledAction"),
)


def install() -> None:
    """Tell IAM of them."""
    condition_keys.tell("application-autoscaling", _of_request)
    request_resources.tell("application-autoscaling", _resource)


def _resource(action: str, _request: Mapping[str, Any]) -> str | None:
    """AWS numbers targets, so who names one says all of them."""
    return "scalable-target/*" if action in _ON_TARGETS else None


def _of_request(_action: str, body: bytes, _params: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        asked = json.loads(body or b"{}")
        return {key: asked[name] for key, name in KEYS.items() if name in asked}
    except (ValueError, TypeError):
        return {}  # the service itself says what is wrong with the request
