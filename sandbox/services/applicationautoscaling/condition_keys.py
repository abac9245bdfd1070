"""What policies may ask of targets that scale: of which service they are, and what scales."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.iam import condition_keys

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
KEYS = {
    "application-autoscaling:service-namespace": "ServiceNamespace",
    "application-autoscaling:scalable-dimension": "ScalableDimension",
}


def install() -> None:
    """Tell IAM of them."""
    condition_keys.tell("application-autoscaling", _of_request)


def _of_request(_action: str, body: bytes, _params: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        asked = json.loads(body or b"{}")
        return {key: asked[name] for key, name in KEYS.items() if name in asked}
    except (ValueError, TypeError):
        return {}  # the service itself says what is wrong with the request
