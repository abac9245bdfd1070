"""Events that services send to the default bus."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.events.upstream import eventbridge


def send(
    source: str, kind: str, detail: Mapping[str, Any], *, resources: Sequence[str] = ()
) -> None:
    """Send an event about these ARNs, in the account and Region of the current request."""
    event = {
        "EventId": responses.new_uuid(),
        "Source": source,
        "DetailType": kind,
        "Detail": json.dumps(detail),
        "EventBusName": "default",
        "Time": int(CLOCK.time()),
        "Resources": list(resources),
        "Account": responses.get_account_id(),
        "Region": responses.get_region(),
    }
    eventbridge._dispatch_event(event)
