"""Make jam of a fruit, wherever it is now."""

import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: Any) -> str:
    """Cook what the event tells of; without a bucket of fruit, say that there is none."""
    ssm, s3 = boto3.client("ssm"), boto3.client("s3")
    try:
        found = ssm.get_parameter(Name=os.environ["FRUIT_BUCKET_PARAMETER"])
    except ssm.exceptions.ParameterNotFound:
        return "no fruit is published"
    bucket, key = found["Parameter"]["Value"], event["detail"]["key"]
    fruit = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    jam = key.rpartition("/")[2]
    s3.put_object(Bucket=os.environ["SHELF"], Key=jam, Body=f"jam of {fruit}")
    return f"jam of {fruit}"
