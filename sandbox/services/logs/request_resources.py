"""What a request is about: lines are a stream's, the rest is a group's and all of its streams'."""

from collections.abc import Mapping
from typing import Any

from sandbox.iam import request_resources

_OF_TAGS = ("TagResource", "UntagResource", "ListTagsForResource")


def install() -> None:
    """Judge requests by the ARN that AWS takes: it goes on behind the group's name.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    request_resources.tell("logs", _group_or_stream, instead=True)


def _group_or_stream(action: str, request: Mapping[str, Any]) -> str | None:
    group = request.get("logGroupName")
    if not group or action in _OF_TAGS:
        return None
    stream = request.get("logStreamName", "") if action in ("PutLogEvents", "GetLogEvents") else ""
    return f"log-group:{group}:log-stream:{stream}"
