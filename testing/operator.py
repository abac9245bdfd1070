"""What a person does with a deployed stack: look, wait, ask."""

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

    def upload(self, bucket: str, key: str, body: bytes) -> str:
        """Put an object into a bucket by the name of its output; gives its version."""
        put = self._patiently(self.s3.put_object, Bucket=self.outputs[bucket], Key=key, Body=body)
        return str(put["VersionId"])

    def download(self, bucket: str, key: str) -> bytes:
        """Read an object of a bucket by the name of its output."""
        found = self._patiently(self.s3.get_object, Bucket=self.outputs[bucket], Key=key)
        body: bytes = found["Body"].read()
        return body

    def _patiently(self, call: Callable[..., Any], **arguments: Any) -> Any:
        """Call S3 again where the bucket's key is throttled, which boto3 does not."""
        while True:
            try:
                return call(**arguments)
            except self.s3.exceptions.ClientError as error:
                if not error.response["Error"]["Code"].startswith("KMS.Throttling"):
                    raise

    def depth(self, url: str) -> int:
        """Count the messages of a queue, those in work included."""
        kinds = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(kinds))
        return sum(int(found["Attributes"][kind]) for kind in kinds)

    def redeliver_after(self, seconds: int) -> None:
        """Have the queue hand out again, after so long, what a killed function had taken."""
        self.sqs.set_queue_attributes(
            QueueUrl=self.outputs["QueueUrl"], Attributes={"VisibilityTimeout": str(seconds)}
        )

    def forget_dead_letters(self) -> None:
        """Drop what other tests left in the queues of what could not be delivered or done."""
        for output in ("DeadLetterQueueUrl", "UndeliveredQueueUrl"):
            if url := self.outputs.get(output):
                self._empty(url)

    def _empty(self, url: str) -> None:
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in found:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def dead_letters(self) -> int:
        """Count the messages in the dead-letter queue."""
        return self.depth(self.outputs["DeadLetterQueueUrl"])

    def wait_for(self, condition: Callable[[], Any], seconds: float = 60) -> None:
        """Look until it is so; what nothing works at is not waited for, its time is skipped."""
        passed: dict[str, Any] = {}
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                told = f"problems: {self.sandbox.problems()}; under way: {passed}"
                pytest.fail(f"not within {seconds} s; {told}")
            passed = self.sandbox.pass_time()

    def come_to_rest(self, seconds: float = 60) -> None:
        """Wait until nothing works, and nothing waits for a moment at which it goes on."""

        def rests() -> bool:
            passed = self.sandbox.pass_time()
            return not passed["seconds"] and not passed["under_way"]

        self.wait_for(lambda: rests() and rests(), seconds)

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
