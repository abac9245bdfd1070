"""Who reads records reads a stream, which the request names by its iterator alone."""

from collections.abc import Mapping
from typing import Any

from sandbox.iam import request_resources
from sandbox.services.kinesis.upstream import kinesis


def install() -> None:
    """Judge who reads records by the stream."""
    request_resources.tell("kinesis", _stream, instead=True)


def _stream(action: str, request: Mapping[str, Any]) -> str | None:
    if action != "GetRecords":
        return None
    iterator = kinesis._shard_iterators.get(request.get("ShardIterator")) or {}
    stream = kinesis._streams.get(iterator.get("stream")) or {}
    return stream.get("StreamARN")
