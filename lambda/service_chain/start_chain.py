"""When objects come to the inbox, start one execution for each: the function's entry point."""

import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from aws_lambda_powertools.logging import Logger
from botocore.exceptions import BotoCoreError, ClientError

from service_chain import settings
from service_chain.arrivals import Arrival, Batch, read_batch
from service_chain.ask_aws import client
from service_chain.failures import PermissionMissingError, code_of, is_denial
from service_chain.pace import Pacer
from service_chain.publish_metrics import publish
from service_chain.storage import dumps

logger = Logger()

# Kept free at the end: one call that is slow, and room to say what is left.
LAST_SECONDS = 5.0
# Some clocks tell whole seconds, and no two clocks agree to the millisecond.
CLOCK_TOLERANCE = timedelta(seconds=2)


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
    machine = settings.text(os.environ, "STATE_MACHINE_ARN")
    rate = settings.number(os.environ, "STARTS_PER_SECOND", at_least=0.001, at_most=10_000)
    batch = read_batch(event["Records"])
    pacer = Pacer(rate, clock=time.monotonic, sleep=time.sleep)
    seconds = context.get_remaining_time_in_millis() / 1000
    deadline = time.monotonic() + seconds - min(LAST_SECONDS, seconds / 2)

    counts = Counter({Start.DUPLICATED: batch.repeats})
    failures: dict[str, str] = {}
    for name, arrival in batch.arrivals.items():
        if not pacer.take_turn(before=deadline):
            failures[name] = "OutOfTime"
            continue
        try:
            counts[start(machine, arrival)] += 1
        except (ClientError, BotoCoreError) as error:
            failures[name] = code_of(error)

    publish(
        {
            **{outcome.value: counts[outcome] for outcome in Start},
            "DocumentsToComeAgain": len(failures),
            "MessagesNotUnderstood": len(batch.unreadable),
        }
    )
    report(batch, counts, failures)
    for failure in failures.values():
        if is_denial(failure):
            raise PermissionMissingError(f"{failure}: the role needs states:StartExecution")
    retry = [message for name in failures for message in batch.announced_by[name]]
    return {"batchItemFailures": [{"itemIdentifier": m} for m in [*retry, *batch.unreadable]]}


def start(machine: str, arrival: Arrival) -> Start:
    """Start the execution that an object's version names, unless there is one.

    Step Functions refuses a name whose execution has ended. For one that still runs, with the
    same input, it answers as it did the first time: only the start date tells.
    """
    asked_at = datetime.fromtimestamp(time.time(), UTC)
    try:
        reply = client("stepfunctions").start_execution(
            stateMachineArn=machine,
            name=arrival.execution_name,
            input=dumps(arrival.execution_input()),
        )
    except ClientError as error:
        if code_of(error) == "ExecutionAlreadyExists":
            return Start.DUPLICATED
        raise
    is_old = reply["startDate"] < asked_at - CLOCK_TOLERANCE
    return Start.DUPLICATED if is_old else Start.STARTED


def report(batch: Batch, counts: Counter[Start], failures: dict[str, str]) -> None:
    """Log what happened, by document id: a key may name a person, and is written by a stranger."""
    for message, problem in batch.unreadable.items():
        logger.error(
            "message not understood", extra={"sqs_message_id": message, "problem": problem}
        )
    for name, error in failures.items():
        document_id = batch.arrivals[name].document_id
        logger.warning(
            "document has to come again", extra={"error": error, "document_id": document_id}
        )
    logger.info(
        "batch done",
        extra={
            "started": counts[Start.STARTED],
            "duplicated": counts[Start.DUPLICATED],
            "folder_markers": batch.ignored,
        },
    )
