"""What policies may ask of events that are put: their sources and their detail types."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.iam import condition_keys

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
KEYS = {"events:source": "Source", "events:detail-type": "DetailType"}


def install() -> None:
    """Tell IAM of them."""
    condition_keys.tell("events", _of_entries)


def _of_entries(action: str, body: bytes, _params: Mapping[str, Any]) -> Mapping[str, Any]:
    if action != "events:PutEvents":
        return {}
    try:
        entries = json.loads(body or b"{}").get("Entries", [])
        return {key: sorted({entry[name] for entry in entries}) for key, name in KEYS.items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        return {}  # the service itself says what is wrong with the request
