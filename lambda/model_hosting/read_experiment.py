"""Say what an experiment shows so far: the entry point of the function that reads it."""

import math
import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger

from model_hosting.current_variants import CHALLENGER, CHAMPION
from model_hosting.experiment_settings import ExperimentSettings
from model_hosting.experiment_verdict import Measure, measure, verdict_of
from model_hosting.observed_rightness import Rightness, Truths
from model_hosting.readout import Sample
from runtime.publish_metrics import publish

logger = Logger()
CAPTURED, TRUTHS = "captured", "truths"  # folders of the bucket
PERIOD = 60  # seconds: CloudWatch keeps these for 15 days, and no experiment lasts as long
COUNTS = {"asked": "Invocations", "failed": "Invocation5XXErrors"}


class NoExperimentError(Exception):
    """No challenger stands beside the champion."""


@cache
def settings() -> ExperimentSettings:
    """Read the environment once."""
    return ExperimentSettings.read(os.environ)


@cache
def client(service: str) -> Any:
    """Create each client once."""
    return boto3.client(service)


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Read all that there is since the experiment began; asked twice, it says the same."""
    own = settings()
    found = client("dynamodb").get_item(
        TableName=own.table, Key={"entry": {"S": own.endpoint}}, ConsistentRead=True
    )
    item = found.get("Item", {})
    if "challenger" not in item:
        raise NoExperimentError(
            f"no challenger stands beside what {own.endpoint} serves; begin with "
            "`python -m operations challenge STACK --package ARN --percent 10`"
        )
    since = item["experiment_since"]["S"]
    truths, unread = _truths(since)
    right = {variant: _right(variant, truths, since) for variant in (CHAMPION, CHALLENGER)}
    failed = _failed(since)
    measures = [
        _measured("failed", failed),
        _measured("right", {variant: seen.sample() for variant, seen in right.items()}),
    ]
    unread += sum(seen.unread for seen in right.values())
    publish({"UnreadRecords": unread}, reader="experiment")
    return {
        "config": item["config"]["S"],
        "since": since,
        "verdict": verdict_of(measures),
        "error_rate": own.error_rate,
        "measures": [each.told() for each in measures],
        "unread": unread,
    }


def _measured(name: Any, samples: Mapping[str, Sample]) -> Measure:
    own = settings()
    return measure(
        name,
        samples[CHAMPION],
        samples[CHALLENGER],
        effect=own.effect,
        error_rate=own.error_rate,
    )


def _truths(since: str) -> tuple[Truths, int]:
    truths = Truths()
    truths.add(_lines(f"{TRUTHS}/", since))
    return truths, truths.unread


def _right(variant: str, truths: Truths, since: str) -> Rightness:
    seen = Rightness(truths, since)
    if truths.by_id:
        seen.add(_lines(f"{CAPTURED}/{settings().endpoint}/{variant}/", since))
    return seen


def _lines(prefix: str, since: str) -> Iterator[str]:
    """Read the lines of all files from the hour on in which the experiment began."""
    s3, bucket = client("s3"), settings().bucket
    hour = since[:13].replace("-", "/").replace("T", "/")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix, StartAfter=f"{prefix}{hour}"
    )
    for page in pages:
        for each in page.get("Contents", ()):
            body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"]
            for line in body.iter_lines():
                if line.strip():
                    yield line.decode("utf-8", "replace")


def _failed(since: str) -> dict[str, Sample]:
    """Count requests and failures of each variant, in whole periods since the beginning.

    The one in which it began may hold failures of a challenger of before.
    """
    first = math.ceil(datetime.fromisoformat(since).timestamp() / PERIOD) * PERIOD
    queries = [
        {
            "Id": f"{variant.lower()}_{name}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker",
                    "MetricName": metric,
                    "Dimensions": [
                        {"Name": "EndpointName", "Value": settings().endpoint},
                        {"Name": "VariantName", "Value": variant},
                    ],
                },
                "Period": PERIOD,
                "Stat": "Sum",
            },
        }
        for variant in (CHAMPION, CHALLENGER)
        for name, metric in COUNTS.items()
    ]
    sums = dict.fromkeys((query["Id"] for query in queries), 0.0)
    pages = (
        client("cloudwatch")
        .get_paginator("get_metric_data")
        .paginate(
            MetricDataQueries=queries,
            StartTime=datetime.fromtimestamp(first, UTC),
            EndTime=datetime.fromtimestamp(max(time.time(), first) + PERIOD, UTC),
        )
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            sums[result["Id"]] += sum(result["Values"])
    return {
        variant: Sample.of_rate(
            round(sums[f"{variant.lower()}_asked"]), round(sums[f"{variant.lower()}_failed"])
        )
        for variant in (CHAMPION, CHALLENGER)
    }
