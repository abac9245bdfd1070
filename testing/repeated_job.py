"""A run of a Glue job that does the job's work as often as a test asks: Spark starts once."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Client, Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from testing.operator import Operator
from testing.rights import Right, Rights

SCRIPT = Path(__file__).with_name("repeating_script.py")
# S3 says no more to a HEAD, whose answer has no body.
BARE = re.compile(r"Service: (?:Amazon )?S3\b.{0,20}Status Code: 403")
# Iceberg goes on if it may not delete what no snapshot needs, and logs what stays.
KEPT = "Failed to delete object at path s3://"
ENOUGH = "enough"  # as the script has it, which imports nothing of ours
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")


def names(rights: Rights, right: Right, said: str) -> bool:
    """Tell whether a right is named that lacks."""
    through_s3 = right.action.startswith(("s3:", "kms:"))
    not_deleted = KEPT + right.resource.partition(":::")[2].removesuffix("*")
    if right.action == "s3:DeleteObject" and not_deleted in said:
        return True
    return bool(rights.refusal(right).search(said) or (through_s3 and BARE.search(said)))


class RepeatedJob:
    """One run, by the job's own role and settings; the script runs where the test does."""

    def __init__(self, operator: Operator, run: dict[str, Any], test: Connection) -> None:
        self._logs = operator.sandbox.client("logs")
        self._group, self._stream = f"{run['LogGroupName']}/error", f"{run['Id']}-driver"
        self._test, self._next = test, ""

    def said_without(self, rights: Rights, right: Right, arguments: Sequence[str]) -> str:
        """Take a right away, do the work, and tell what the job and Spark's log say.

        It is given back as soon as it is named, and the rest of the work is not waited for.
        """
        self._logged()
        said, is_over = "", False
        with rights.without(right):
            self._test.send(list(arguments))
            while not is_over and not names(rights, right, said):
                if is_over := self._test.poll(0.05):
                    said += self._test.recv()
                said += self._logged()
        if not is_over:
            self._test.send(ENOUGH)
            self._test.recv()
        return said

    def _logged(self) -> str:
        """Read what Spark has logged since the last time."""
        token = {"nextToken": self._next} if self._next else {}
        try:
            found = self._logs.get_log_events(
                logGroupName=self._group, logStreamName=self._stream, startFromHead=True, **token
            )
        except self._logs.exceptions.ResourceNotFoundException:
            return ""  # nothing yet
        self._next = found["nextForwardToken"]
        return "\n".join(event["message"] for event in found["events"])


@contextmanager
def repeated(operator: Operator, job: str, module: str) -> Iterator[RepeatedJob]:
    """Have a job's one run wait for what a test asks of a module's ``main``."""
    glue, s3 = operator.sandbox.client("glue"), operator.s3
    place = glue.get_job(JobName=job)["Job"]["Command"]["ScriptLocation"].removeprefix("s3://")
    bucket, _, key = place.partition("/")
    own = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    with TemporaryDirectory() as folder:
        address = f"{folder}/asked"
        s3.put_object(Bucket=bucket, Key=key, Body=SCRIPT.read_bytes())
        try:
            run_id = glue.start_job_run(
                JobName=job, Arguments={"--module": module, "--asked_at": address}
            )["JobRunId"]

            def run() -> dict[str, Any]:
                found: dict[str, Any] = glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]
                return found

            while not Path(address).exists():
                assert run()["JobRunState"] not in OVER, run()
                time.sleep(0.05)
        finally:  # it is an asset, which the next deployment has as it finds it
            s3.put_object(Bucket=bucket, Key=key, Body=own)
        with Client(address, "AF_UNIX") as test:
            try:
                yield RepeatedJob(operator, run(), test)
            finally:
                test.send(None)
                while run()["JobRunState"] not in OVER:
                    time.sleep(0.05)
