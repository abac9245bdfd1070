"""When objects come to the inbox, start one execution for each: the function's entry point."""

import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from aws_lambda_powertools.logging import Logger
from botocore.exceptions import BotoCoreError, ClientError

from runtime import settings
from runtime.errors import Failure, PermissionMissingError, failure_of
from runtime.message_batches import Batch, read_batch
from runtime.object_events import event_object
from runtime.publish_metrics import publish
from runtime.rate_limit import RateLimiter
from service_chain.ask_aws import client
from service_chain.inbox_objects import InboxObject
from service_chain.storage import dumps

logger = Logger()

# Kept free at the end: one call that is slow, and room to say what is left.
LAST_SECONDS = 5.0
# Some clocks tell whole seconds, and no two clocks agree to the millisecond.
CLOCK_TOLERANCE = timedelta(seconds=2)
OUT_OF_TIME = Failure("OutOfTime", "the batch ran out of time before this document's turn")


class Start(Enum):
    """What a successful start found: a new document, or one that is at work or done already."""

    STARTED = "DocumentsStarted"
    DUPLICATED = "DocumentsDuplicated"


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Start what SQS messages announce; hand back the messages that must come again.

    Raises PermissionMissingError, after starting what could be, where AWS denies a call: then all
    messages come again, which starts nothing twice, and the alarm on the function's errors rings.
    """
    machine = settings.string(os.environ, "STATE_MACHINE_ARN")
    rate = settings.number(os.environ, "STARTS_PER_SECOND", at_least=0.001, at_most=10_000)
    batch = read_batch(event["Records"], event_object, InboxObject)
    rate_limit = RateLimiter(rate, clock=time.monotonic, sleep=time.sleep)
    seconds = context.get_remaining_time_in_millis() / 1000
    deadline = time.monotonic() + seconds - min(LAST_SECONDS, seconds / 2)

    counts = Counter({Start.DUPLICATED: batch.repeats})
    failures: dict[str, Failure] = {}
    for document_id, document in batch.objects.items():
        if not rate_limit.acquire(before=deadline):
            failures[document_id] = OUT_OF_TIME
            continue
        try:
            counts[start(machine, document)] += 1
        except (ClientError, BotoCoreError) as error:
            failures[document_id] = failure_of(error)

    publish(
        {
            **{outcome.value: counts[outcome] for outcome in Start},
            "DocumentsToComeAgain": len(failures),
            "MessagesNotUnderstood": len(batch.unreadable),
        }
    )
    report(batch, counts, failures)
    for failure in failures.values():
        if failure.is_denial:
            raise PermissionMissingError(f"{failure.code}: the role needs states:StartExecution")
    return batch.response(failures)


def start(machine: str, document: InboxObject) -> Start:
    """Start the execution that an object's version names, unless there is one.

    Step Functions refuses a name whose execution has ended. For one that still runs, with the
    same input, it answers as it did the first time: only the start date tells.
    """
    asked_at = datetime.fromtimestamp(time.time(), UTC)
    try:
        reply = client("stepfunctions").start_execution(
            stateMachineArn=machine,
            name=document.execution_name,
            input=dumps(document.execution_input()),
        )
    except ClientError as error:
        if failure_of(error).code == "ExecutionAlreadyExists":
            return Start.DUPLICATED
        raise
    is_old = reply["startDate"] < asked_at - CLOCK_TOLERANCE
    return Start.DUPLICATED if is_old else Start.STARTED


def report(batch: Batch[InboxObject], counts: Counter[Start], failures: dict[str, Failure]) -> None:
    """Log what happened, by document id: a key may name a person, and is written by a stranger."""
    for message, problem in batch.unreadable.items():
        logger.error(
            "message not understood", extra={"sqs_message_id": message, "problem": problem}
        )
    for document_id, failure in failures.items():
        logger.warning(
            "document has to come again",
            extra={"error": failure.code, "document_id": document_id},
        )
    logger.info(
        "batch done",
        extra={
            "started": counts[Start.STARTED],
            "duplicated": counts[Start.DUPLICATED],
            "folder_markers": batch.folder_markers,
        },
    )
