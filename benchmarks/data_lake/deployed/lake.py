"""A lake in a sandbox with IAM enforced, and batches of visits that are merged into its table."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from demos.data_lake.progress import Outputs
from demos.demo import DISPOSABLE
from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits
from sandbox.host.client import Sandbox, start
from sandbox.host.process import SandboxError

STACK, DATASET = "DataLake", "retail_visits"
BATCH = 250_000  # visits
CONTEXT = {**DISPOSABLE, "data_lake.run_on_arrival": "false"}
PATIENCE = 600.0  # seconds


class Lake:
    """A deployed lake, which ends with this process."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        told = sandbox.deploy(STACK, context=CONTEXT, say=lambda _: None)[STACK]
        self.stack = Outputs.of({**told, "ResultsBucketName": ""})
        self.merge_job = told["MergeJobName"]
        self.s3, self.glue = sandbox.client("s3"), sandbox.client("glue")
        self._athena = sandbox.client("athena")
        self._batches = self._files = 0

    def deliver(self, days: int) -> str:
        """Drop a batch, a file of visits for each day, and wait for its models; gives the folder.

        No record is bad and none comes twice, so that raw and table have the same rows.
        """
        self._batches += 1
        self._files += days
        folder = f"{DATASET}/batch-{self._batches}/"
        for day, content in batch(self._batches, days):
            key = f"{folder}{day:%Y-%m-%d}.csv"
            self.s3.put_object(Bucket=self.stack.raw_bucket_name, Key=key, Body=content)
        end = time.monotonic() + PATIENCE
        while self._modeled() < self._files:
            if time.monotonic() > end:
                raise SandboxError(f"{folder} is not modeled after {PATIENCE:.0f} s")
            time.sleep(0.2)
        return folder

    def run(self, job: str, arguments: Mapping[str, str]) -> tuple[float, Mapping[str, Any]]:
        """Run a job to its end; gives the seconds from StartJobRun to SUCCEEDED, and the run."""
        begun = time.monotonic()
        run_id = self.glue.start_job_run(JobName=job, Arguments=arguments)["JobRunId"]
        while True:
            run = self.glue.get_job_run(JobName=job, RunId=run_id)["JobRun"]
            if run["JobRunState"] == "SUCCEEDED":
                return time.monotonic() - begun, run
            if run["JobRunState"] not in ("STARTING", "RUNNING"):
                raise SandboxError(f"{job}: {run['JobRunState']} {run.get('ErrorMessage')}")
            time.sleep(0.05)

    def merge(self) -> float:
        """Run the deployed job that merges visits; gives the seconds."""
        return self.run(self.merge_job, {"--dataset": DATASET})[0]

    def said(self, run: Mapping[str, Any]) -> Sequence[str]:
        """Read what a run printed."""
        found = self.sandbox.client("logs").get_log_events(
            logGroupName=f"{run['LogGroupName']}/output", logStreamName=f"{run['Id']}-driver"
        )
        return [event["message"] for event in found["events"]]

    def ask(self, sql: str) -> tuple[list[list[str | None]], int]:
        """Ask Athena; gives the rows, a page at most, and the bytes that it says were scanned."""
        asked = self._athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.stack.workgroup_name,
            QueryExecutionContext={"Database": self.stack.database_name},
        )["QueryExecutionId"]
        while True:
            query = self._athena.get_query_execution(QueryExecutionId=asked)["QueryExecution"]
            if query["Status"]["State"] == "SUCCEEDED":
                break
            if query["Status"]["State"] in ("FAILED", "CANCELLED"):
                raise SandboxError(f"{sql}: {query['Status'].get('StateChangeReason')}")
            time.sleep(0.05)
        page = self._athena.get_query_results(QueryExecutionId=asked)["ResultSet"]["Rows"]
        rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in page[1:]]
        return rows, int(query["Statistics"]["DataScannedInBytes"])

    def object(self, uri: str) -> BytesIO:
        """Fetch an object by its ``s3://`` name."""
        place = urlsplit(uri)
        found = self.s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
        return BytesIO(found["Body"].read())

    def _modeled(self) -> int:
        pages = self.s3.get_paginator("list_objects_v2")
        found = pages.paginate(Bucket=self.stack.modeled_bucket_name, Prefix="loads/")
        return sum(page["KeyCount"] for page in found)


@cache
def lake() -> Lake:
    """Deploy the one lake that those who measure share."""
    sandbox = start()
    sandbox.warm_spark()
    return Lake(sandbox)


def batch(number: int, days: int) -> Iterator[tuple[datetime, bytes]]:
    """Make a file of visits for each of the last days."""
    today = datetime.now(UTC)
    for back in range(1, days + 1):
        day = today - timedelta(days=back)
        made = visits(BATCH // days, day, seed=number * 1_000 + back)
        yield day, b"".join(csv_lines((Delivery(each.visit) for each in made), list(VISITS)))
