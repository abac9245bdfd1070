"""SQS redrive: messages of a dead-letter queue go back to where they came from."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import concurrency, responses
from sandbox.iam import authorization, request_resources
from sandbox.services.kms.deliveries import RECEIVING, SENDING
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.sqs import queues
from sandbox.services.sqs.upstream import sqs

Queue = dict[str, Any]
# The rights that AWS asks of who starts a redrive, beside sqs:StartMessageMoveTask.
_SOURCE_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_TASK_ACTIONS = ("StartMessageMoveTask", "ListMessageMoveTasks")
_FAILED_SOURCE = "CouldNotDetermineMessageSource"
_tasks: dict[str, list[dict[str, Any]]] = {}


def install() -> None:
    """Add the operations, and the queue that they are about to the IAM check."""
    sqs._HANDLERS["StartMessageMoveTask"] = _start
    sqs._HANDLERS["ListMessageMoveTasks"] = _list
    sqs._HANDLERS["CancelMessageMoveTask"] = _cancel
    request_resources.tell("sqs", _task_source)


def _task_source(operation: str, request: Mapping[str, Any]) -> str | None:
    if operation not in _TASK_ACTIONS:
        return None
    return str(request.get("SourceArn", "")) or None


def _start(data: Mapping[str, Any], _queue_url: str) -> dict[str, Any]:
    source = _queue(data.get("SourceArn", ""))
    arn = source["attributes"]["QueueArn"]
    if not _sources_of(arn):
        raise sqs._Err(
            "AWS.SimpleQueueService.UnsupportedOperation",
            "Source queue must be configured as a Dead Letter Queue.",
        )
    destination = data.get("DestinationArn")
    targets = [_queue(destination)] if destination else _sources_of(arn)
    _require_rights(source, targets)
    task = {
        "SourceArn": arn,
        "ApproximateNumberOfMessagesToMove": len(source["messages"]),
        "StartedTimestamp": int(CLOCK.time() * 1000),
    }
    if destination:
        task["DestinationArn"] = destination
    if data.get("MaxNumberOfMessagesPerSecond"):
        task["MaxNumberOfMessagesPerSecond"] = int(data["MaxNumberOfMessagesPerSecond"])
    task |= _move(source, destination)
    _tasks.setdefault(arn, []).insert(0, task)
    handle = json.dumps({"taskId": responses.new_uuid(), "sourceArn": arn})
    return {"TaskHandle": base64.b64encode(handle.encode()).decode()}


def _move(source: Queue, destination: str | None) -> dict[str, Any]:
    """Move what is visible, at once: a queue here is small enough not to need a pace."""
    now, moved = CLOCK.time(), 0
    with sqs._queues_lock:
        waiting = [m for m in source["messages"] if m["visible_at"] <= now]
        for message in waiting:
            sqs._ensure_msg_fields(message)
            origin = destination or message["sys"].get("DeadLetterQueueSourceArn", "")
            target = sqs._queue_by_arn(origin)
            if target is None:
                status = {"Status": "FAILED", "FailureReason": _FAILED_SOURCE}
                return {**status, "ApproximateNumberOfMessagesMoved": moved}
            source["messages"].remove(message)
            target["messages"].append(_as_new(message, now + sqs.queue_delay(target)))
            moved += 1
    concurrency.esm_wake.set()
    return {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": moved}


def _as_new(message: Mapping[str, Any], visible_at: float) -> dict[str, Any]:
    """AWS gives a redriven message a new id, a new age and no past."""
    now = CLOCK.time()
    system = {k: v for k, v in message["sys"].items() if k != "DeadLetterQueueSourceArn"}
    return {
        **message,
        "id": responses.new_uuid(),
        "sys": system | {"SentTimestamp": str(int(now * 1000))},
        "sent_at": now,
        "enqueued_at": now,
        "visible_at": visible_at,
        "receipt_handle": None,
        "receive_count": 0,
        "first_receive_at": None,
    }


def _list(data: Mapping[str, Any], _queue_url: str) -> dict[str, Any]:
    source = _queue(data.get("SourceArn", ""))["attributes"]["QueueArn"]
    return {"Results": _tasks.get(source, [])[: int(data.get("MaxResults") or 1)]}


def _cancel(_data: Mapping[str, Any], _queue_url: str) -> dict[str, Any]:
    raise sqs._Err(
        "ResourceNotFoundException", "The task is not running: the sandbox moves messages at once."
    )


def _queue(arn: str) -> Queue:
    queue: Queue | None = sqs._queue_by_arn(arn)
    if queue is None:
        raise sqs._Err(
            "ResourceNotFoundException", "The resource that you specified doesn't exist."
        )
    return queue


def _sources_of(arn: str) -> list[Queue]:
    """List the queues that have this one as their dead-letter queue."""
    found = []
    for queue in sqs._queues.values():
        redrive = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
        if redrive.get("deadLetterTargetArn") == arn:
            found.append(queue)
    return found


def _require_rights(source: Queue, targets: list[Queue]) -> None:
    caller = authorization.request_caller()
    needed = [(action, source) for action in _SOURCE_ACTIONS]
    needed += [("sqs:SendMessage", target) for target in targets]
    for action, queue in needed:
        if denied := authorization.denial(caller, action, queue["attributes"]["QueueArn"]):
            raise sqs._Err("AccessDenied", denied, 403)
    try:
        queues.require_queue_key(caller, source, RECEIVING)
        for target in targets:
            queues.require_queue_key(caller, target, SENDING)
    except KeyRefusedError as refused:
        raise sqs._Err(refused.code, refused.message) from refused
