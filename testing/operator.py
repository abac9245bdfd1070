"""What a person does with a deployed stack: look, wait, ask, redrive."""

import time
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest

from sandbox.host.client import Sandbox

LONGEST_PAUSE = 0.25  # seconds between two looks


class Operator:
    """Somebody who works with one stack's outputs, as the account's root."""

    def __init__(self, running: Sandbox, outputs: dict[str, str]) -> None:
        self.sandbox, self.outputs = running, outputs
        self.s3, self.sqs = running.client("s3", max_pool_connections=16), running.client("sqs")
        self.athena = running.client("athena")

    def depth(self, url: str) -> int:
        """Count the messages of a queue, those in work included."""
        kinds = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(kinds))
        return sum(int(found["Attributes"][kind]) for kind in kinds)

    def redrive(self) -> None:
        """Send the dead letters back to where they came from."""
        queue = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs["DeadLetterQueueUrl"], AttributeNames=["QueueArn"]
        )
        self.sqs.start_message_move_task(SourceArn=queue["Attributes"]["QueueArn"])

    def redeliver_after(self, seconds: int) -> None:
        """Have the queue hand out again, after so long, what a killed function had taken."""
        self.sqs.set_queue_attributes(
            QueueUrl=self.outputs["QueueUrl"], Attributes={"VisibilityTimeout": str(seconds)}
        )

    def forget_dead_letters(self) -> None:
        """Drop what other tests left in the dead-letter queue."""
        url = self.outputs["DeadLetterQueueUrl"]
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10):
            if not found.get("Messages"):
                return
            for message in found["Messages"]:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def dead_letters(self) -> int:
        """Count the messages in the dead-letter queue."""
        return self.depth(self.outputs["DeadLetterQueueUrl"])

    def wait_for(
        self, condition: Callable[[], Any], seconds: float = 60, *, skipping: bool = False
    ) -> None:
        """Look until it is so, often at first: looking takes time from what is waited for.

        With ``skipping``, nobody waits for a queue to hand out again what was not acknowledged.
        """
        end, pause = time.monotonic() + seconds, 0.05
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"not within {seconds} s; problems: {self.sandbox.problems()}")
            if skipping:
                self.sandbox.pass_time()
            time.sleep(pause)
            pause = min(pause * 1.3, LONGEST_PAUSE)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Run a query as an analyst would; rows as dictionaries, none for a statement."""
        query = self.athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.outputs["WorkgroupName"],
            QueryExecutionContext={"Database": self.outputs["DatabaseName"]},
        )["QueryExecutionId"]

        def status() -> dict[str, Any]:
            found = self.athena.get_query_execution(QueryExecutionId=query)
            status: dict[str, Any] = found["QueryExecution"]["Status"]
            return status

        self.wait_for(lambda: status()["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"))
        if status()["State"] != "SUCCEEDED":
            raise RuntimeError(status()["StateChangeReason"])
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        rows = list(chain.from_iterable(page["ResultSet"]["Rows"] for page in pages))
        if not rows:
            return []
        header, *cells = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
        return [dict(zip(header, row, strict=True)) for row in cells]

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """List every object of a bucket by key, versions and delete markers too."""
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.outputs[bucket], Prefix=prefix
        )
        return [
            version["Key"]
            for page in pages
            for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        ]

    def log(self) -> str:
        """Read what the function wrote."""
        logs = self.sandbox.client("logs")
        group = self.outputs["LogGroupName"]
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"] for page in pages for event in page["events"])
