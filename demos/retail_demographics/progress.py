"""Watch the results bucket as rows arrive, and find out why when they do not."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from demos import deployed
from demos.deployed import dead_letters
from sandbox.host.client import Sandbox

LONGEST_WAIT = 60.0
QUIET = 25.0
LOGS_EVERY = 3.0
POLL = 0.2
# How AWS, and the function on its behalf, speak of a missing permission.
SIGNS = ("AccessDenied", "HeadObject 403")


@dataclass(frozen=True, slots=True)
class Outputs(deployed.Outputs):
    """The bucket that takes frames, and the log of the function that analyses them."""

    frames_bucket_name: str
    log_group_name: str


@dataclass(slots=True)
class Seen:
    """What the results bucket holds so far."""

    objects: set[str] = field(default_factory=set)
    counted: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    faces: int = 0

    @property
    def frames(self) -> int:
        """How many frames have an outcome."""
        return len(self.counted) + len(self.rejected)


def wait(
    sandbox: Sandbox, stack: Outputs, expected: int, tell: Callable[[Seen], None]
) -> tuple[Seen, list[str]]:
    """Wait until every file has an outcome; returns what was seen and what AWS refused.

    Gives up early when the function reports a refusal or a dead letter, and after a quiet spell.
    """
    seen, begun = Seen(), monotonic()
    news, logs_read = begun, begun
    while seen.frames < expected:
        now = monotonic()
        if now - news > (QUIET if seen.frames else LONGEST_WAIT):
            break
        if look(sandbox, stack, seen):
            news = now
            tell(seen)
        elif now - logs_read > LOGS_EVERY:
            logs_read = now
            if refusals(sandbox, stack) or dead_letters(sandbox, stack):
                break
        sleep(POLL)
    return seen, refusals(sandbox, stack)


def look(sandbox: Sandbox, stack: Outputs, seen: Seen) -> bool:
    """Read the objects that are new; returns whether there were any."""
    s3 = sandbox.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=stack.results_bucket_name)
    keys = {item["Key"] for page in pages for item in page.get("Contents", [])}
    new = sorted(k for k in keys - seen.objects if k.startswith(("detections/", "rejects/")))
    for name in new:
        body = (
            s3.get_object(Bucket=stack.results_bucket_name, Key=name)["Body"].read().decode("utf-8")
        )
        for row in csv.DictReader(io.StringIO(body)):
            if name.startswith("rejects/"):
                seen.rejected.add(row["frame_id"])
            else:
                seen.counted.add(row["frame_id"])
                seen.faces += bool(row["face_index"])
        seen.objects.add(name)
    return bool(new)


def refusals(sandbox: Sandbox, stack: Outputs) -> list[str]:
    """Read what AWS refused, in its own words: to the function, and to what works around it."""
    logs: Any = sandbox.client("logs")
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=stack.log_group_name)
        lines = [event["message"] for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        lines = []
    said = {words for line in lines if (words := refusal(line))}
    return sorted(said | {problem["message"] for problem in sandbox.problems()})


def refusal(line: str) -> str | None:
    """Return AWS's words from a log line about a missing permission, None from any other."""
    try:
        record = json.loads(line)
        words = record.get("error") or record.get("errorMessage") or record.get("message")
    except (ValueError, AttributeError):
        words = line
    starts = [place for sign in SIGNS if (place := str(words).find(sign)) >= 0]
    return str(words)[min(starts) :].strip() if starts else None
