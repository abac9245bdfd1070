"""Dead letters of a work queue, which go back to it wherever they came from."""

import time
from typing import Any

from operations.outcome import OperationError, Outcome

MOVE_SECONDS = 2.0  # between two looks at a running move
COUNT = "ApproximateNumberOfMessages"


def move(
    sqs: Any, source: str, destination: str | None, outcome: Outcome, *, dry_run: bool
) -> None:
    """Move a dead-letter queue's messages to its work queue, and wait for the end.

    The destination is named, as SQS knows none of what EventBridge wrote there: without a name one
    such message fails the move of all others. Raises OperationError if the move ends in another way
    than complete, and what boto3 raises.
    """
    if destination is None:
        raise OperationError("no output of the stack names the queue that these belong to")
    wanted = ["QueueArn", COUNT]
    attributes = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=wanted)["Attributes"]
    waiting, arn = int(attributes[COUNT]), attributes["QueueArn"]
    name = destination.rpartition("/")[2]
    done = f"moved to {name}"
    if dry_run or not waiting:
        outcome.done[done] += waiting
        return
    sqs.start_message_move_task(SourceArn=arn, DestinationArn=f"{arn.rpartition(':')[0]}:{name}")
    while True:
        task = sqs.list_message_move_tasks(SourceArn=arn)["Results"][0]
        if task["Status"] not in ("RUNNING", "CANCELLING"):
            break
        time.sleep(MOVE_SECONDS)
    moved = int(task["ApproximateNumberOfMessagesMoved"])
    outcome.done[done] += moved
    if task["Status"] != "COMPLETED":
        reason = task.get("FailureReason", "no reason given")
        error = OperationError(f"the move ended as {task['Status']}: {reason}")
        outcome.fail(error, max(waiting - moved, 0))
