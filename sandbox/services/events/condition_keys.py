"""What policies may ask of events that are put: their sources and their detail types."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import iam_actions

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
KEYS = {"events:source": "Source", "events:detail-type": "DetailType"}


def install() -> None:
    """Tell IAM of them."""
    patching.wrap(
        iam_actions,
        "request_tag_context",
        _with_events,
        because="a policy may say of which source and type the events are that a role puts",
    )


def _with_events(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def context(service: str, action: str, body: bytes, *rest: Any) -> dict[str, Any]:
        known = original(service, action, body, *rest)
        if action != "events:PutEvents":
            return known
        try:
            entries = json.loads(body or b"{}").get("Entries", [])
            found = {key: sorted({e[name] for e in entries}) for key, name in KEYS.items()}
        except (ValueError, AttributeError, KeyError, TypeError):
            return known  # the service itself says what is wrong with the request
        return {**known, **found}

    return context
