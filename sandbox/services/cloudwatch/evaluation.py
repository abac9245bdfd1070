"""Metrics of queues, and alarms that are looked at every second."""

import logging
import threading
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.sqs.upstream import sqs

logger = logging.getLogger("sandbox")
_EVERY_SECONDS = 1.0
_STEADY_SECONDS = 15.0
_AGE_STEP = 5  # seconds; an age that changes every second would fill the memory
_due, _looking = threading.Event(), threading.Lock()
_published: dict[tuple[str, str], tuple[int, float]] = {}


def install() -> None:
    """Start the watch."""
    CLOCK.before_skip(_look)
    CLOCK.after_skip(_due.set)
    threading.Thread(target=_watch, name="sandbox-cloudwatch", daemon=True).start()


def _watch() -> None:
    while True:
        _due.wait(_EVERY_SECONDS)
        _due.clear()
        _look()


def _look() -> None:
    with _looking:
        try:
            _measure_queues()
            _evaluate_alarms()
        except Exception:  # the watch outlives any one odd queue or alarm
            logger.exception("cannot measure queues or evaluate alarms")


def _measure_queues() -> None:
    """Publish what AWS/SQS says of each queue; AWS does it once a minute."""
    for (account, region, url), queue in list(sqs._queues._data.items()):
        with responses.request_scope(account, region):
            now = CLOCK.time()
            messages = list(queue["messages"])
            hidden = [m for m in messages if m["visible_at"] > now and m.get("receive_count")]
            oldest = min((m["sent_at"] for m in messages), default=now)
            for name, value, unit in (
                ("Visible", sum(m["visible_at"] <= now for m in messages), "Count"),
                ("NotVisible", len(hidden), "Count"),
            ):
                _record(url, queue, f"ApproximateNumberOfMessages{name}", value, unit, now)
            age = int(now - oldest) // _AGE_STEP * _AGE_STEP
            _record(url, queue, "ApproximateAgeOfOldestMessage", age, "Seconds", now)


def _record(url: str, queue: Any, name: str, value: int, unit: str, now: float) -> None:
    """Publish a value when it changes, and now and then when it does not."""
    last_value, last_time = _published.get((url, name), (None, 0.0))
    if value != last_value or now - last_time >= _STEADY_SECONDS:
        _published[url, name] = (value, now)
        cloudwatch.record_metric("AWS/SQS", name, value, unit, {"QueueName": queue["name"]})


def _evaluate_alarms() -> None:
    for (account, region, _name), alarm in list(cloudwatch._alarms._data.items()):
        with responses.request_scope(account, region):
            cloudwatch._evaluate_alarm(alarm)
