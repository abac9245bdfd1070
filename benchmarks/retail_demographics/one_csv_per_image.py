"""The baseline's function: one call, one picture, one CSV object; how most samples do it."""

import csv
import io
import os
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import boto3


@cache
def client(service: str) -> Any:
    """Create each client once per execution environment."""
    return boto3.client(service)


def handler(event: dict[str, Any], context: object) -> None:
    """Write one CSV object per picture, next to nothing more than its faces' attributes."""
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        image = {"S3Object": {"Bucket": bucket, "Name": key}}
        faces = client("rekognition").detect_faces(Image=image, Attributes=["ALL"])["FaceDetails"]
        rows = io.StringIO()
        csv.writer(rows).writerows(
            [key, face["AgeRange"]["Low"], face["AgeRange"]["High"], face["Gender"]["Value"]]
            for face in faces
        )
        client("s3").put_object(
            Bucket=os.environ["RESULTS_BUCKET"], Key=f"{key}.csv", Body=rows.getvalue()
        )
