"""The answer to CloudFormation, which waits for one about a custom resource."""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

SECONDS = 10
LONGEST_REASON = 1000  # of 4 KB in all


def answer(event: Mapping[str, Any], *, physical_id: str, reason: str) -> None:
    """Say that it is done, or for which reason not; raises ValueError for another place than S3."""
    url = event["ResponseURL"]
    if not url.startswith("https://"):
        raise ValueError(f"ResponseURL begins with {url[:8]!r}; want https://")
    told = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": reason[:LONGEST_REASON],
        "PhysicalResourceId": event.get("PhysicalResourceId", physical_id),
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # S3 signed the URL for a request without a content type.
    request = urllib.request.Request(  # noqa: S310 (https, checked)
        url, data=json.dumps(told).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 (likewise)
        pass
