"""Put CSV objects into the results bucket, each at most once."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from retail_demographics.csv_objects import CsvObject
from runtime.backoff import waits
from runtime.errors import Failure, failure_of


class Put(Enum):
    """What a successful put found: a free place, or the same frames written already."""

    WRITTEN = auto()
    ALREADY_THERE = auto()


def put_once(
    s3: Any,
    bucket: str,
    thing: CsvObject,
    *,
    time_left: Callable[[], float],
    sleep: Callable[[float], None],
    random: Callable[[], float],
) -> Put | Failure:
    """Put an object unless it is there, which is as good: its name stands for the same frames."""
    pauses = waits(time_left, random)
    while True:
        try:
            s3.put_object(
                Bucket=bucket,
                Key=thing.key,
                Body=thing.body,
                ContentType="text/csv; charset=utf-8",
                IfNoneMatch="*",
            )
        except (ClientError, BotoCoreError) as error:
            failure = failure_of(error)
        else:
            return Put.WRITTEN
        if failure.code in {"PreconditionFailed", "412"}:
            return Put.ALREADY_THERE
        # Another put of the same name is under way; botocore does not retry this one by itself.
        if failure.code != "ConditionalRequestConflict" or (pause := next(pauses, None)) is None:
            return failure
        sleep(pause)
