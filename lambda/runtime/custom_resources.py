"""The answer to CloudFormation, which waits for one about a custom resource."""

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from aws_lambda_powertools.logging import Logger

SECONDS = 10
LONGEST_REASON = 1000  # of 4 KB in all
logger = Logger()


def carry_out(event: Mapping[str, Any], work: Callable[[], None]) -> None:
    """Do a piece of work and say how it went, whatever happens: else a stack waits for an hour."""
    reason = ""
    try:
        work()
    except Exception as error:
        logger.exception("what CloudFormation asked for was not done")
        reason = f"{type(error).__name__}: {error}"
    answer(event, reason=reason)


def answer(event: Mapping[str, Any], *, reason: str) -> None:
    """Say that it is done, or for which reason not; raises ValueError for another place."""
    url = event["ResponseURL"]
    place = urlsplit(url)
    # An emulator on this machine has no certificate.
    if place.scheme != "https" and (place.scheme, place.hostname) != ("http", "127.0.0.1"):
        raise ValueError(f"ResponseURL begins with {url[:8]!r}; allowed: https://")
    told = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": reason[:LONGEST_REASON],
        # The same for its whole life: another would have CloudFormation delete the one before.
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    # S3 signed the URL for a request without a content type.
    request = urllib.request.Request(  # noqa: S310 (checked)
        url, data=json.dumps(told).encode(), method="PUT", headers={"Content-Type": ""}
    )
    with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 (likewise)
        pass
