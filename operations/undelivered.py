"""What EventBridge, Lambda or IoT gave up, and no redrive of SQS serves: each to its target."""

import base64
import contextlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.outcome import OperationError, Outcome

COUNT = "ApproximateNumberOfMessages"
HIDDEN_SECONDS = 300  # for which nobody else is handed a message
TICK = "Scheduled Event"

Message = Mapping[str, Any]


def replay(
    session: Any, queue: str, own: Collection[str], outcome: Outcome, *, dry_run: bool
) -> None:
    """Give each event to its target, and delete it once that has it.

    ``own`` holds the stack's machines by ARN, its functions and rules by name: nothing else is
    started, whatever a message says. Raises what boto3 raises where it cannot read the queue.
    """
    sqs, kept = session.client("sqs"), []
    try:
        for message in _messages(sqs, queue):
            kept.append(message)
            try:
                done = _deal_with(session, message, own, dry_run=dry_run)
                if not dry_run:
                    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                    kept.pop()
            except (OperationError, ClientError, BotoCoreError) as error:
                outcome.fail(error, 1)
            else:
                outcome.done[done] += 1
    finally:
        for message in kept:
            sqs.change_message_visibility(
                QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )


def _messages(sqs: Any, queue: str) -> Iterator[Message]:
    """Read a queue to its end; what was read stays hidden from the rest of the reading."""
    counted = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[COUNT])["Attributes"][COUNT]
    expected, found = int(counted), True
    while found:
        found = sqs.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1 if expected > 0 else 0,  # with a wait, SQS asks all of its servers
        ).get("Messages")
        yield from found or ()
        expected -= len(found or ())


def _deal_with(session: Any, message: Message, own: Collection[str], *, dry_run: bool) -> str:
    """Start the target of one event, and say what was done and why it had not come there."""
    said = {k: v["StringValue"] for k, v in message.get("MessageAttributes", {}).items()}
    why = said.get("ERROR_MESSAGE") or said.get("ErrorMessage", "")
    if _is_tick(message["Body"]):
        return "deleted: a schedule's tick, and the next has come since"
    failed = _failed_rule(message["Body"])
    if failed:
        why = "; ".join(str(each.get("errorMessage", "")) for each in failed["failures"])
    target = failed["ruleName"] if failed else said.get("TARGET_ARN", "")
    name = target.rpartition(":")[2]
    if target not in own and name not in own:
        raise OperationError(
            f"it was going to {target or 'nobody knows where'}, which no output of the stack names"
        )
    if failed and not dry_run:
        _publish(session, failed)
    elif not dry_run:
        _start(session, target, message)
    return f"replayed to {name}; it had failed: {' '.join(why.split())}"


def _is_tick(body: str) -> bool:
    try:
        return bool(json.loads(body)["detail-type"] == TICK)
    except (ValueError, TypeError, KeyError):
        return False


def _failed_rule(body: str) -> Mapping[str, Any] | None:
    """Read what a topic rule tells its error action; None for anything else.

    https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
    """
    try:
        told = json.loads(body)
        if {"ruleName", "topic", "base64OriginalPayload"} <= told.keys():
            return {"failures": [], **told}
    except (ValueError, AttributeError):
        pass
    return None


def _publish(session: Any, failed: Mapping[str, Any]) -> None:
    """Give a message to the rule that failed on it, and to no other rule and no subscriber."""
    session.client("iot-data").publish(
        topic=f"$aws/rules/{failed['ruleName']}/{failed['topic']}",
        qos=1,
        payload=base64.b64decode(failed["base64OriginalPayload"]),
    )


def _start(session: Any, target: str, message: Message) -> None:
    if ":lambda:" in target:
        session.client("lambda").invoke(
            FunctionName=target, InvocationType="Event", Payload=message["Body"].encode()
        )
        return
    states = session.client("stepfunctions")
    # It exists if an earlier replay was killed between starting it and deleting the message.
    with contextlib.suppress(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(
            stateMachineArn=target, name=f"replay-{message['MessageId']}", input=message["Body"]
        )
