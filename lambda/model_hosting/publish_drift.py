"""Tell of a window what was measured: metrics, a record, and a wish for another model."""

import json
import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger

from model_hosting.drift_news import figures, named, unjudged, wish
from model_hosting.drift_window import REPORT
from runtime.publish_metrics import publish
from runtime.settings import string

logger = Logger()


class NotPutError(RuntimeError):
    """An event that EventBridge did not take; the machine asks again."""


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publish what the machine's earlier states have found of a window, once.

    The wish is put before the window is marked as told: killed in between, a repetition puts it
    once more, and training starts one execution for it all the same.
    """
    key = f"{event['records']}/{REPORT}"
    if is_told(event["window"]):
        return {"window": event["window"], "told": False}
    if event["state"] == "measure":
        found = client("s3").get_object(Bucket=text("CAPTURES_BUCKET"), Key=key)
        report = json.loads(found["Body"].read())
    else:
        report = unjudged(event["told"], event["reason"])
        body = json.dumps(report, indent=1).encode()
        client("s3").put_object(Bucket=text("CAPTURES_BUCKET"), Key=key, Body=body)
    if report["drifted"]:
        put_wish(wish(report, f"s3://{text('CAPTURES_BUCKET')}/{key}"))
    mark(event["window"])
    publish(figures(report))
    for feature, size in named(report).items():
        publish({"Change": size}, feature=feature)
    logger.info(
        "window told",
        extra={"window": event["window"], "rows": report["rows"], "told": report["told"]},
    )
    return {"window": event["window"], "told": True, "drifted": report["drifted"]}


def is_told(window: str) -> bool:
    """Ask whether somebody has told of a window before."""
    found = client("dynamodb").get_item(
        TableName=text("WINDOWS_TABLE"), Key={"entry": {"S": window}}, ConsistentRead=True
    )
    return "told_at" in found.get("Item", {})


def mark(window: str) -> None:
    """Note that a window is told."""
    client("dynamodb").update_item(
        TableName=text("WINDOWS_TABLE"),
        Key={"entry": {"S": window}},
        UpdateExpression="SET told_at = :now",
        ExpressionAttributeValues={":now": {"S": datetime.now(UTC).isoformat()}},
    )


def put_wish(detail: dict[str, Any]) -> None:
    """Ask whoever trains for another model."""
    entry = {
        "Source": text("WISH_SOURCE"),
        "DetailType": text("WISH_TYPE"),
        "Detail": json.dumps(detail),
    }
    reply = client("events").put_events(Entries=[entry])
    if reply["FailedEntryCount"]:
        raise NotPutError(reply["Entries"][0].get("ErrorCode", "unknown"))


def text(name: str) -> str:
    """Read a setting."""
    return string(os.environ, name)


@cache
def client(service: str) -> Any:
    """Make one client for all invocations of an instance."""
    return boto3.client(service)
