"""Take the manifest of a training set, each content once."""

import os
from typing import Any

import boto3
from botocore.exceptions import ClientError


def handler(event: dict[str, Any], context: Any) -> str:
    """Keep the manifest that the event tells of, which lies where the lake says it has such."""
    ssm, s3 = boto3.client("ssm"), boto3.client("s3")
    found = ssm.get_parameter(Name=os.environ["BUCKET_PARAMETER"])["Parameter"]["Value"]
    place, told = f"s3://{found}/{os.environ['PREFIX']}", event["detail"]
    if not told["manifest"].startswith(place):
        raise ValueError(f"the manifest is at {told['manifest']!r}, and not below {place}")
    manifest = s3.get_object(Bucket=found, Key=told["manifest"].removeprefix(f"s3://{found}/"))
    try:
        s3.put_object(
            Bucket=os.environ["MODELS"],
            Key=told["content_hash"],
            Body=manifest["Body"].read(),
            IfNoneMatch="*",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
        return "known already"
    return "taken"
