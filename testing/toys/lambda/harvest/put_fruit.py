"""Put a fruit into the bucket, and say so."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, str], context: Any) -> None:
    """Pick the fruit that the event names."""
    key = os.environ["PREFIX"] + event["fruit"]
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key=key, Body=event["fruit"])
    entry = {
        "Source": os.environ["SOURCE"],
        "DetailType": os.environ["DETAIL_TYPE"],
        "Detail": json.dumps({"key": key}),
    }
    boto3.client("events").put_events(Entries=[entry])
