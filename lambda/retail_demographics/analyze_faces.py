"""When frames land in the bucket, write down the faces in them: the function's entry point."""

import os
import time
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from random import SystemRandom
from typing import Any

import boto3
from aws_lambda_powertools.logging import Logger
from botocore.config import Config

from retail_demographics.finish_batch import BatchRun, Dependencies
from retail_demographics.frames import Frame
from retail_demographics.publish_counts import publish_counts
from retail_demographics.settings import MAX_CONCURRENT_CALLS, Settings
from runtime.errors import PermissionMissingError
from runtime.message_batches import Batch, read_batch
from runtime.object_events import notified_objects
from runtime.rate_limit import RateLimiter

logger = Logger()


@cache
def client(service: str) -> Any:
    """Create each client once per execution environment, on first use.

    Rekognition's own retries are off: they would keep neither our pace nor our deadline.
    """
    attempts = 1 if service == "rekognition" else 3
    config = Config(
        connect_timeout=3,
        read_timeout=10,
        max_pool_connections=MAX_CONCURRENT_CALLS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return boto3.client(service, config=config)


@cache
def rate_limit(calls_per_second: float) -> RateLimiter:
    """Keep one pace for the life of an execution environment, across its batches."""
    return RateLimiter(calls_per_second, clock=time.monotonic, sleep=time.sleep)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Analyse the frames that SQS messages announce; hand back the messages that must come again.

    Raises PermissionMissingError, after saving what was done, where AWS denies a call: then all
    messages come again, and the alarm on the function's errors rings.
    """
    settings = Settings.read(os.environ)
    batch = read_batch(event["Records"], notified_objects, Frame)
    dependencies = Dependencies(
        rekognition=client("rekognition"),
        s3=client("s3"),
        dynamodb=client("dynamodb"),
        rate_limit=rate_limit(settings.calls_per_second),
        clock=time.monotonic,
        sleep=time.sleep,
        random=SystemRandom().random,
        now=lambda: datetime.fromtimestamp(time.time(), UTC),
    )
    run = BatchRun(settings, dependencies, seconds=context.get_remaining_time_in_millis() / 1000)
    run.counts.duplicated = batch.repeats
    run.finish(batch.objects)

    publish_counts(run.counts)
    report(batch, run)
    for failure in run.failures.values():
        if failure.is_denial:
            raise PermissionMissingError(str(failure))
    return batch.response(run.failures)


def report(batch: Batch[Frame], run: BatchRun) -> None:
    """Log what happened, by frame id: a key may name a person, and is written by a stranger."""
    for message, problem in batch.unreadable.items():
        logger.error(
            "message not understood", extra={"sqs_message_id": message, "problem": problem}
        )
    for error, frames in run.counts.deletion_errors.items():
        logger.error(
            "frames left for their lifecycle to delete", extra={"error": error, "frames": frames}
        )
    unfinished: defaultdict[str, list[str]] = defaultdict(list)
    for frame_id, failure in run.failures.items():
        unfinished[str(failure)].append(frame_id)
    for error, frame_ids in unfinished.items():
        logger.warning("frames have to come again", extra={"error": error, "frame_ids": frame_ids})
    seen = {"messages": len(batch.announced_by), "folder_markers": batch.folder_markers}
    logger.info("batch done", extra={**seen, **run.counts.metrics()})
