"""Batches of a queue: they wait for their window, and hold what fits into an invocation."""

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sandbox.core import in_flight, patching
from sandbox.core.clock import CLOCK
from sandbox.core.upstream import concurrency
from sandbox.services.lambda_ import event_sources
from sandbox.services.lambda_.upstream import lambda_svc
from sandbox.services.sqs.upstream import sqs

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
_PAYLOAD_LIMIT = 6 * 1024 * 1024
_RECORD_OVERHEAD = 1024  # ids, handle and attributes around a message's body

_closing: dict[str, float] = {}  # mapping -> when the window of its current batch closes


def install() -> None:
    """Change how the emulator polls queues."""
    in_flight.watch("batch", lambda: sum(lambda_svc._esm_inflight.values()))
    in_flight.watch("message that a mapping takes next", _taken_next)
    CLOCK.watch(_seconds_to_retry)
    poller = _Poller(lambda_svc._esm_wake)
    patching.replace(
        lambda_svc, "_esm_wake", poller, because="it is known when the poller is between two looks"
    )
    in_flight.watch("look at the queues", poller.looks)
    in_flight.watch_stirs(lambda: poller.times)
    patching.wrap(
        lambda_svc,
        "_sqs_esm_concurrency",
        _when_ready,
        because="a batch waits for its window, and for a role that may read the queue",
    )
    patching.replace(
        sqs,
        "_receive_messages_for_esm",
        partial(_receive, poller),
        because="a batch may hold more than the ten messages of one call",
    )


class _Poller:
    """The event for which the poller waits between two looks."""

    def __init__(self, wake: threading.Event) -> None:
        self._looks, self.set, self.clear, self._wait = False, wake.set, wake.clear, wake.wait
        self.times = 0  # that it was woken, or a look of its own found something

    def wait(self, seconds: float) -> bool:
        """Wait for something to look at; it is never said that there was something.

        After that, and a look that found nothing, the emulator would do nothing for 50 ms.
        """
        self._looks = False
        self.times += self._wait(seconds)
        self._looks = True
        return False

    def looks(self) -> int:
        """Tell whether it is looking, when a message may be neither in a queue nor in a batch."""
        return int(self._looks)


def _taken_next() -> int:
    """Count the messages that are there for a mapping that is on, and waits for nothing else."""
    now = CLOCK.time()
    return sum(
        count
        for mapping_id, count in _there(now)
        if max(_closing.get(mapping_id, now), _retried(mapping_id)) <= now
    )


def _seconds_to_retry() -> float | None:
    """Tell how long a mapping still pauses after a failure, with messages there for it."""
    now = CLOCK.time()
    moments = [_retried(mapping_id) for mapping_id, count in _there(now) if count]
    return min((moment - now for moment in moments if moment > now), default=None)


def _retried(mapping_id: str) -> float:
    """Tell when a mapping looks for messages again after a failure, 0.0 when there was none."""
    pauses = list(lambda_svc._esm_backoff_until._data.items())
    return max((until for key, until in pauses if key[-1] == mapping_id), default=0.0)


def _there(now: float) -> Iterator[tuple[str, int]]:
    """Count the messages that can be received, for each mapping that is on."""
    for mapping in list(lambda_svc._esms._data.values()):
        queue = sqs._queue_by_arn(mapping["EventSourceArn"])
        if mapping["State"] == "Enabled" and queue is not None:
            messages = list(queue["messages"])
            yield mapping["UUID"], sum(message["visible_at"] <= now for message in messages)


def _when_ready(original: Callable[..., int]) -> Callable[..., int]:
    """Allow no batch at all while the role may not read, or the window has not closed."""

    def allowed(
        esm: dict[str, Any], func_rec: dict[str, Any], config: dict[str, Any], queue: Any = None
    ) -> int:
        limit = original(esm, func_rec, config, queue)
        if queue is None or lambda_svc._esm_inflight.get(esm["UUID"], 0) >= limit:
            return limit
        denied = event_sources.poll_denial(esm, config or func_rec["config"], queue)
        if denied:
            esm["LastProcessingResult"] = f"PROBLEM: {denied}"
            return 0
        return limit if _is_full(esm, queue) else 0

    return allowed


def _is_full(mapping: dict[str, Any], queue: dict[str, Any]) -> bool:
    now, mapping_id = CLOCK.time(), mapping["UUID"]
    window = int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    waiting = [m for m in list(queue["messages"]) if m["visible_at"] <= now]
    if not waiting:
        _closing.pop(mapping_id, None)
        return True  # the poller still has to move what was received too often
    if window:
        if mapping_id not in _closing:
            _closing[mapping_id] = now + window
            CLOCK.later(window, concurrency.esm_wake.set)
        fits = _fitting(waiting)
        size = int(mapping.get("BatchSize") or 10)
        if len(waiting) < size and fits == len(waiting) and now < _closing[mapping_id]:
            return False
    _closing.pop(mapping_id, None)
    return True


def _fitting(messages: list[dict[str, Any]]) -> int:
    """Count the messages that fit into one invocation's payload."""
    total = 0
    for count, message in enumerate(messages):
        total += len(json.dumps(message["body"])) + _RECORD_OVERHEAD
        if total > _PAYLOAD_LIMIT:
            return max(count, 1)
    return len(messages)


def _receive(poller: _Poller, queue_url: str, max_number: int) -> list[dict[str, Any]]:
    """Take a whole batch, where the emulator takes ten messages at most."""
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        held = len(queue["messages"])
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        now = CLOCK.time()
        waiting = [m for m in queue["messages"] if m["visible_at"] <= now]
        count = min(int(max_number or 1), _fitting(waiting[: int(max_number or 1)]))
        visibility = int(queue["attributes"].get("VisibilityTimeout", "30"))
        messages: list[dict[str, Any]] = sqs._collect_msgs(queue, count, visibility)
        poller.times += bool(messages) or len(queue["messages"]) != held
        return messages
