"""Watch files and streamed records come to their end."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from demos import deployed
from demos.deployed import dead_letters
from sandbox.host.client import Sandbox

PATIENCE = 300.0  # seconds
POLL = 0.3


@dataclass(frozen=True, slots=True)
class Outputs(deployed.Outputs):
    """The bucket that takes files, those with what is made of them, the stream, the machine."""

    raw_bucket_name: str
    modeled_bucket_name: str
    transformed_bucket_name: str
    delivery_stream_name: str
    state_machine_arn: str


@dataclass(slots=True)
class Done:
    """What has come to its end: files that were dropped, records that were streamed."""

    files: int = 0
    streamed: int = 0
    seen: set[str] = field(default_factory=set)

    def add(self, key: str, content: bytes) -> None:
        """Count what a load record tells, which has a line for each data set."""
        self.seen.add(key)
        loads: list[dict[str, Any]] = [json.loads(line) for line in content.splitlines()]
        came = loads[0]["object_key"]
        if "/stream/" in came or came.startswith("refused/"):
            self.streamed += sum(load["records_read"] for load in loads)
        else:
            self.files += 1


def wait(
    sandbox: Sandbox,
    stack: Outputs,
    files: int,
    streamed: int,
    tell: Callable[[Done], None],
    patience: float = PATIENCE,
) -> Done:
    """Wait until all have an outcome, or something is given up, or for so many seconds."""
    s3, end, done = sandbox.client("s3"), monotonic() + patience, Done()
    bucket = stack.modeled_bucket_name
    while done.files < files or done.streamed < streamed:
        if monotonic() > end or dead_letters(sandbox, stack):
            break
        found = s3.list_objects_v2(Bucket=bucket, Prefix="loads/").get("Contents", [])
        for key in (each["Key"] for each in found):
            if key not in done.seen:
                done.add(key, s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        tell(done)
        if done.files < files:
            sleep(POLL)
        else:
            sandbox.pass_time()  # nobody waits for the minutes of the stream's buffer
    return done


def arrived(sandbox: Sandbox, stack: Outputs) -> datetime:
    """Tell when the last object came to the raw zone."""
    pages = sandbox.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=stack.raw_bucket_name)
    latest: datetime = max(each["LastModified"] for page in found for each in page["Contents"])
    return latest
