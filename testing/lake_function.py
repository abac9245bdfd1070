"""The function that takes raw files, called as SQS calls it, with an AWS that a test describes."""

import io
import json
from types import SimpleNamespace
from typing import Any

from botocore.response import StreamingBody

from testing.stubs import Kept, Stubs

ENVIRONMENT = {
    "MODELED_BUCKET": "modeled",
    "FAILURES_BUCKET": "failures",
    "LARGE_FILE_BYTES": "1000000",
    "KEPT_DAYS": "400",
    "POWERTOOLS_SERVICE_NAME": "DataLake",
    "POWERTOOLS_METRICS_NAMESPACE": "MlReferenceArchitectures",
}


class Context(SimpleNamespace):
    """What Lambda tells a function of itself."""

    milliseconds: int

    def get_remaining_time_in_millis(self) -> int:
        """Tell as many milliseconds as the test says."""
        return self.milliseconds


def message(key: str, identity: str = "1", size: int = 100) -> dict[str, str]:
    """Announce an object, as S3 does by SQS."""
    record = {
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-29T18:00:00Z",
        "s3": {
            "bucket": {"name": "raw"},
            "object": {"key": key, "size": size, "versionId": "v", "eTag": "e", "sequencer": "0"},
        },
    }
    return {"messageId": identity, "body": json.dumps({"Records": [record]})}


def handle(*messages: dict[str, str], milliseconds: int = 60_000) -> list[dict[str, str]]:
    """Call the function; gives what has to come again."""
    from data_lake import model_files

    context = Context(
        function_name="f",
        memory_limit_in_mb=1024,
        invoked_function_arn="f",
        aws_request_id="r",
        milliseconds=milliseconds,
    )
    return model_files.handler({"Records": list(messages)}, context)["batchItemFailures"]


def body_of(content: bytes) -> StreamingBody:
    """Answer with these bytes."""
    return StreamingBody(io.BytesIO(content), len(content))


def new(aws: Stubs) -> None:
    """Have no record of the file yet."""
    aws.fails("get_object", "NoSuchKey", status=404)


def reads(aws: Stubs, content: bytes) -> None:
    """Have the file hold these bytes."""
    asked = {"Bucket": "raw", "Key": Kept(), "VersionId": "v"}
    aws.answers("get_object", {"Body": body_of(content)}, asked)


def writes(
    aws: Stubs, bucket: str, kind: str = "application/vnd.apache.parquet"
) -> tuple[Any, Any]:
    """Take one object; gives its key and its body, once they are there."""
    key, body = Kept(), Kept()
    aws.answers("put_object", {}, {"Bucket": bucket, "Key": key, "Body": body, "ContentType": kind})
    return key, body
