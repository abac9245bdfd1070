"""Every few minutes, say how long the oldest document has been at work: the entry point."""

import os
import time
from datetime import datetime
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit

from runtime import settings
from runtime.publish_metrics import publish
from service_chain.ask_aws import client

logger = Logger()

PAGE = 1000
# Kept free at the end, to publish what was seen.
LAST_SECONDS = 5.0


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, float]:
    """Count running executions and publish the age of the oldest, in seconds; 0 where none runs.

    Executions come newest first, so that the oldest is on the last page. With so many that the
    time does not suffice for all pages, the figures are lower bounds.
    """
    machine = settings.string(os.environ, "STATE_MACHINE_ARN")
    now = max(time.time(), _told(event))  # a function's clock may be behind that of the service
    running, oldest = 0, now
    page: dict[str, Any] = {"nextToken": None}
    while "nextToken" in page:
        token = {"nextToken": page["nextToken"]} if page["nextToken"] else {}
        page = client("stepfunctions").list_executions(
            stateMachineArn=machine, statusFilter="RUNNING", maxResults=PAGE, **token
        )
        running += len(page["executions"])
        oldest = min([oldest, *(found["startDate"].timestamp() for found in page["executions"])])
        if "nextToken" in page and context.get_remaining_time_in_millis() < LAST_SECONDS * 1000:
            logger.warning("too many executions to count", extra={"counted": running})
            break
    age = round(now - oldest, 3)
    publish({"OldestExecutionAge": age}, unit=MetricUnit.Seconds)
    publish({"RunningExecutions": running})
    return {"oldest_seconds": age, "running": running}


def _told(event: dict[str, Any]) -> float:
    """Return the time that the event of a schedule tells; 0 for one that tells none."""
    return datetime.fromisoformat(event["time"]).timestamp() if "time" in event else 0.0
