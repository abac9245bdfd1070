"""Requests that ask and record which frames are done, so that none is paid for twice."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

# What DynamoDB takes in one BatchGetItem and in one BatchWriteItem.
MAX_READS = 100
MAX_WRITES = 25


class Outcome(StrEnum):
    """How a frame was finished."""

    COUNTED = "counted"
    REJECTED = "rejected"


def reads(frame_ids: Collection[str]) -> Iterator[dict[str, Any]]:
    """Ask for frames, consistently: yield what ``BatchGetItem`` wants for one table at a time.

    An older answer could miss what another function has just finished.
    """
    for some in _chunks(sorted(frame_ids), MAX_READS):
        keys = [{"frame_id": {"S": frame_id}} for frame_id in some]
        yield {"Keys": keys, "ConsistentRead": True, "ProjectionExpression": "frame_id, outcome"}


def writes(outcomes: Mapping[str, Outcome], expires_at: int) -> Iterator[list[dict[str, Any]]]:
    """Record frames as done: yield what ``BatchWriteItem`` wants for one table at a time.

    ``expires_at`` is in seconds since 1970, as DynamoDB's time to live reads it.
    """
    for some in _chunks(sorted(outcomes), MAX_WRITES):
        yield [_write(frame_id, outcomes[frame_id], expires_at) for frame_id in some]


def read_ids(keys_or_items: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """List the frames of keys or items."""
    return frozenset(entry["frame_id"]["S"] for entry in keys_or_items)


def read_outcomes(items: Iterable[Mapping[str, Any]]) -> dict[str, Outcome]:
    """Tell how each frame of the items was finished."""
    return {item["frame_id"]["S"]: Outcome(item["outcome"]["S"]) for item in items}


def write_ids(requests: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """List the frames of write requests."""
    return read_ids(request["PutRequest"]["Item"] for request in requests)


def _write(frame_id: str, outcome: Outcome, expires_at: int) -> dict[str, Any]:
    item = {
        "frame_id": {"S": frame_id},
        "outcome": {"S": outcome.value},
        "expires_at": {"N": str(expires_at)},
    }
    return {"PutRequest": {"Item": item}}


def _chunks(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
