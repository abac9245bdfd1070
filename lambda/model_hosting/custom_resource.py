"""What a custom resource of CloudFormation answers. Pure."""

from collections.abc import Mapping
from typing import Any

LONGEST_REASON = 1_000  # of a response of 4,096 bytes, which holds ARNs and names besides


def answer(event: Mapping[str, Any], problem: str) -> dict[str, str]:
    """Say that the request was done, or what the problem is."""
    return {
        "Status": "FAILED" if problem else "SUCCESS",
        "Reason": problem[:LONGEST_REASON] or "done",
        # The same for its whole life: another would have CloudFormation delete the one before.
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
