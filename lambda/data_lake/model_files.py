"""When files land in the raw zone, model or catalog each: the function's entry point."""

import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
import duckdb
from aws_lambda_powertools.logging import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from data_lake.catalog_object import catalog_object
from data_lake.contract import Contract, newest_contracts
from data_lake.model_file import Zones, model_file
from data_lake.modeling import Outcome
from data_lake.outcome_counts import Counts
from data_lake.places import is_object
from data_lake.settings import Settings
from data_lake.start_large_file import start_large_file
from runtime.errors import Failure, PermissionMissingError, failure_of
from runtime.message_batches import Batch, read_batch
from runtime.object_events import notified_objects
from runtime.object_versions import ObjectVersion
from runtime.publish_metrics import publish

logger = Logger()

# A file is begun only while this part of the function's time is left: most take seconds.
FILE_SHARE = 0.5
OUT_OF_TIME = Failure("OutOfTime", "the batch ran out of time before this file's turn")


@cache
def contracts() -> dict[str, Contract]:
    """Read the contracts once per execution environment."""
    return newest_contracts()


@cache
def client(service: str) -> Any:
    """Create each client once per execution environment, on first use."""
    config = Config(connect_timeout=3, read_timeout=30, retries={"mode": "standard"})
    return boto3.client(service, config=config)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Model the files that SQS messages announce; hand back the messages that must come again.

    Raises PermissionMissingError, after saving what was done, where AWS denies a call: then all
    messages come again, and the alarm on the function's errors rings.
    """
    settings = Settings.read(os.environ)
    batch = read_batch(event["Records"], notified_objects, ObjectVersion)
    zones = Zones(client("s3"), settings.modeled_bucket, settings.failures_bucket)
    seconds = context.get_remaining_time_in_millis() / 1000
    begin_until = time.monotonic() + seconds * (1 - FILE_SHARE)

    counts, failures = Counts(), dict[str, Failure]()
    for index, (object_id, source) in enumerate(batch.objects.items()):
        if index and time.monotonic() > begin_until:
            failures[object_id] = OUT_OF_TIME
            continue
        try:
            with tempfile.TemporaryDirectory(prefix="lake-") as folder:
                counts.add(take(zones, source, settings, Path(folder)))
        except (ClientError, BotoCoreError) as error:
            failures[object_id] = failure_of(error)
        except duckdb.Error as error:
            failures[object_id] = Failure(type(error).__name__, "the engine gave up")

    publish_counts(counts, failures)
    report(batch, counts, failures)
    for failure in failures.values():
        if failure.is_denial:
            raise PermissionMissingError(str(failure))
    return batch.response(failures)


def take(
    zones: Zones, source: ObjectVersion, settings: Settings, folder: Path
) -> list[Outcome] | None:
    """Model a file, or have it modeled, or catalog an object; None where that was done before."""
    if is_object(source.key):
        return catalog_object(zones, source, settings, folder)
    hand_over = None
    if large := settings.large_files:
        hand_over = partial(start_large_file, client("stepfunctions"), large)
    return model_file(zones, source, contracts(), settings, folder, hand_over)


def publish_counts(counts: Counts, failures: Iterable[str]) -> None:
    """Publish all counts, and what was set aside by its reason."""
    publish({**counts.totals(), "FilesToComeAgain": len(list(failures))})
    for name, reason, count in counts.by_reason():
        publish({name: count}, reason=reason)


def report(batch: Batch[ObjectVersion], counts: Counts, failures: Mapping[str, Failure]) -> None:
    """Log what happened, by object id: a key may name a person, and is written by a stranger."""
    for message, problem in batch.unreadable.items():
        logger.error(
            "message not understood", extra={"sqs_message_id": message, "problem": problem}
        )
    for object_id, failure in failures.items():
        logger.warning(
            "file has to come again", extra={"error": str(failure), "object_id": object_id}
        )
    logger.info("batch done", extra={"messages": len(batch.announced_by), **counts.totals()})
