"""Ask and record which frames are processed, in a table whose items expire."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from retail_demographics.idempotency_requests import (
    Outcome,
    read_ids,
    read_outcomes,
    reads,
    write_ids,
    writes,
)
from runtime.backoff import waits
from runtime.errors import Failure, failure_of

_UNPROCESSED = Failure("UnprocessedItems", "DynamoDB left them out until the time was over")


class ProcessedFrames:
    """The frames that are done, in one table.

    What cannot be read or written comes back as failures by frame.
    """

    def __init__(
        self,
        dynamodb: Any,
        table: str,
        *,
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._sleep = sleep
        self._random = random

    def find(
        self, frame_ids: Collection[str], time_left: Callable[[], float]
    ) -> tuple[dict[str, Outcome], dict[str, Failure]]:
        """Tell how frames were finished, and of which nobody knows because reading failed."""
        done: dict[str, Outcome] = {}
        failures: dict[str, Failure] = {}
        for request in reads(frame_ids):
            asked = request
            for _ in self._attempts(time_left):
                try:
                    reply = self._dynamodb.batch_get_item(RequestItems={self._table: asked})
                except (ClientError, BotoCoreError) as error:
                    failures |= dict.fromkeys(read_ids(asked["Keys"]), failure_of(error))
                    break
                done |= read_outcomes(reply["Responses"].get(self._table, ()))
                if not (left := reply.get("UnprocessedKeys", {}).get(self._table)):
                    break
                asked = left
            else:
                failures |= dict.fromkeys(read_ids(asked["Keys"]), _UNPROCESSED)
        return done, failures

    def record(
        self, outcomes: Mapping[str, Outcome], expires_at: int, time_left: Callable[[], float]
    ) -> dict[str, Failure]:
        """Record frames as processed; return those that could not be recorded."""
        failures: dict[str, Failure] = {}
        for request in writes(outcomes, expires_at):
            asked = request
            for _ in self._attempts(time_left):
                try:
                    reply = self._dynamodb.batch_write_item(RequestItems={self._table: asked})
                except (ClientError, BotoCoreError) as error:
                    failures |= dict.fromkeys(write_ids(asked), failure_of(error))
                    break
                if not (left := reply.get("UnprocessedItems", {}).get(self._table)):
                    break
                asked = left
            else:
                failures |= dict.fromkeys(write_ids(asked), _UNPROCESSED)
        return failures

    def _attempts(self, time_left: Callable[[], float]) -> Iterator[None]:
        yield
        for pause in waits(time_left, self._random):
            self._sleep(pause)
            yield
