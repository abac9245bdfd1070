"""Lines that services write into log groups by themselves."""

from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.faults.occasions import SAID, struck
from sandbox.services.logs.upstream import cloudwatch_logs


def write(group: str, stream: str, message: str) -> str | None:
    """Append a line, in a stream that is made if it is not there; returns why that is not done."""
    found = cloudwatch_logs._log_groups.get(group)
    if found is None:
        return "no such log group"
    if rule := struck("logs:PutLogEvents"):
        return f"{rule.given['code']} {SAID}"
    now = int(CLOCK.time() * 1000)
    line = {"timestamp": now, "message": message, "ingestionTime": now}
    cloudwatch_logs._append_log_events(
        found["streams"].setdefault(stream, _new_stream(now)), [line]
    )
    return None


def _new_stream(now: int) -> dict[str, Any]:
    return {
        "events": [],
        "uploadSequenceToken": "1",
        "creationTime": now,
        "firstEventTimestamp": None,
        "lastEventTimestamp": None,
        "lastIngestionTime": None,
    }
