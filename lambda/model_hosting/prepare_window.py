"""Find what a window of captured requests is, and list it for the job that measures drift."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.exceptions import ClientError

from model_hosting.drift_window import (
    REFERENCE,
    REQUEST,
    File,
    Window,
    chosen,
    manifest,
    request,
    window_of,
)
from runtime.settings import integer, number, string

LEASE_SECONDS = 2 * 3600  # after which a window that nobody has told of may be taken again
KEPT_SECONDS = 90 * 86_400
logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take the window that ended last before ``time``, unless another execution has it.

    Gives ``state``: "measure", "tell" of a window that nothing can be measured of, or "leave".
    """
    window = window_of(
        event["time"], hours=count("WINDOW_HOURS", 24), lag_minutes=count("LAG_MINUTES", 59)
    )
    answer: dict[str, Any] = {
        "window": window.name,
        "records": window.records,
        "folder": window.folder,
    }
    attempt = take(window, event["execution"])
    if attempt is None:
        return {**answer, "state": "leave", "reason": "told, or another execution has it"}
    answer["job"] = f"{text('JOB_PREFIX')}-{window.name}-{attempt}"
    told = {"endpoint": text("ENDPOINT_NAME"), "window": window.document()}
    answer["told"] = {**told, "variant": text("VARIANT_NAME"), "package": ""}
    try:
        return {**answer, "state": "measure", **listed(window, answer)}
    except NothingToMeasureError as why:
        return {**answer, "state": "tell", "reason": str(why)}


class NothingToMeasureError(Exception):
    """A window that is told and not judged; its text says why."""


def listed(window: Window, answer: dict[str, Any]) -> dict[str, Any]:
    """Write what the job is told, with the list of all that it reads; gives where that is."""
    package, since = serving()
    answer["told"]["package"] = package
    judged, truth = window.from_moment(since), window.before(count("TRUTH_HOURS", 720))
    captured = f"captured/{text('ENDPOINT_NAME')}/{text('VARIANT_NAME')}/"
    own, left_out = chosen(below(captured, window.hours))
    near, _ = chosen(below(captured, window.beside))
    truths, _ = chosen(below("truths/", truth.hours))
    past, _ = chosen(below(captured, truth.hours if truths else []))
    if not own and not (past and truths):
        raise NothingToMeasureError("no request was captured")
    reference = reference_of(package)
    told = request(
        endpoint=text("ENDPOINT_NAME"),
        served={"variant": text("VARIANT_NAME"), "package": package},
        window=judged,
        truth=truth,
        files={"own": own, "near": near, "past": past, "truths": truths},
        left_out=left_out,
        limits={
            "error_rate": share("ERROR_RATE"),
            "distance": share("LEAST_DISTANCE"),
            "stability": share("LEAST_STABILITY"),
        },
    )
    keys = {name: f"{window.folder}/{name}" for name in (REQUEST, REFERENCE)}
    files = dict.fromkeys([*keys.values(), *own, *near, *past, *truths])
    place = f"{window.folder}/files.manifest"
    put(keys[REQUEST], json.dumps(told).encode())
    put(keys[REFERENCE], reference)
    put(place, manifest(text("CAPTURES_BUCKET"), list(files)))
    return {"manifest": f"s3://{text('CAPTURES_BUCKET')}/{place}"}


def take(window: Window, execution: str) -> int | None:
    """Note that this execution looks at a window; gives the attempt, None if it is not its turn."""
    now = int(time.time())
    table = client("dynamodb")
    try:
        noted = table.update_item(
            TableName=text("WINDOWS_TABLE"),
            Key={"entry": {"S": window.name}},
            UpdateExpression="SET holder = :me, lease_end = :end, expires_at = :gone "
            "ADD attempt :1",
            ConditionExpression="attribute_not_exists(told_at) AND "
            "(attribute_not_exists(holder) OR holder = :me OR lease_end < :now)",
            ExpressionAttributeValues={
                ":me": {"S": execution},
                ":end": {"N": str(now + LEASE_SECONDS)},
                ":gone": {"N": str(now + KEPT_SECONDS)},
                ":now": {"N": str(now)},
                ":1": {"N": "1"},
            },
            ReturnValues="UPDATED_NEW",
        )
    except table.exceptions.ConditionalCheckFailedException:
        return None
    return int(noted["Attributes"]["attempt"]["N"])


def serving() -> tuple[str, datetime]:
    """Ask which package the endpoint's variant serves, and since when at the earliest."""
    sagemaker, endpoint, variant = client("sagemaker"), text("ENDPOINT_NAME"), text("VARIANT_NAME")
    try:
        config = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            raise NothingToMeasureError("no model is deployed") from None
        raise
    made = sagemaker.describe_endpoint_config(EndpointConfigName=config)
    models = {v["VariantName"]: v["ModelName"] for v in made["ProductionVariants"]}
    if variant not in models:
        raise NothingToMeasureError(f"no variant is named {variant}")
    model = sagemaker.describe_model(ModelName=models[variant])
    return model["PrimaryContainer"]["ModelPackageName"], made["CreationTime"].astimezone(UTC)


def reference_of(package: str) -> bytes:
    """Read what travels with a package for whoever watches it."""
    described = client("sagemaker").describe_model_package(ModelPackageName=package)
    quality = described.get("ModelMetrics", {}).get("ModelDataQuality", {})
    if not (uri := quality.get("Statistics", {}).get("S3Uri")):
        raise NothingToMeasureError("the package names no reference: train it anew")
    place = urlsplit(uri)
    found = client("s3").get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
    body: bytes = found["Body"].read()
    return body


def below(prefix: str, hours: Sequence[str]) -> Iterator[File]:
    """List what lies in folders of these hours."""
    pages = client("s3").get_paginator("list_objects_v2")
    for hour in hours:
        for page in pages.paginate(Bucket=text("CAPTURES_BUCKET"), Prefix=f"{prefix}{hour}"):
            for each in page.get("Contents", ()):
                yield File(each["Key"], each["Size"])


def put(key: str, body: bytes) -> None:
    """Write an object for the job."""
    client("s3").put_object(Bucket=text("CAPTURES_BUCKET"), Key=key, Body=body)


def text(name: str) -> str:
    """Read a setting."""
    return string(os.environ, name)


def count(name: str, most: int) -> int:
    """Read a whole number."""
    return integer(os.environ, name, at_least=1, at_most=most)


def share(name: str) -> float:
    """Read a share."""
    return number(os.environ, name, at_least=0, at_most=1)


@cache
def client(service: str) -> Any:
    """Make one client for all invocations of an instance."""
    return boto3.client(service)
