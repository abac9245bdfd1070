"""Read one version of an object of the inbox; say which answers of S3 no retry will change."""

import re
from typing import Any

from botocore.exceptions import ClientError

from runtime.errors import Failure, failure_of
from service_chain.ask_aws import client
from service_chain.failures import Reason, Refused

_TOTAL = re.compile(r"/(\d+)$")
_NOTHING_IN_RANGE = frozenset({"InvalidRange", "416"})  # S3's answer for an object of no bytes


def read_start(bucket: str, key: str, version_id: str, length: int) -> tuple[bytes, int]:
    """Read the first bytes of a version; give back with them how many there are in all.

    Raises Refused where the version is gone, is archived or has a key of its owner's.
    """
    try:
        reply = _get(bucket, key, version_id, Range=f"bytes=0-{length - 1}")
    except ClientError as error:
        if failure_of(error).code in _NOTHING_IN_RANGE:
            return b"", 0
        raise
    total = _TOTAL.search(reply.get("ContentRange", ""))
    size = int(total[1]) if total else int(reply["ContentLength"])
    return reply["Body"].read(), size


def read_part(bucket: str, key: str, version_id: str, begin: int, end: int) -> bytes:
    """Read the bytes of a version from ``begin`` up to ``end``. Raises Refused likewise."""
    reply = _get(bucket, key, version_id, Range=f"bytes={begin}-{end - 1}")
    body: bytes = reply["Body"].read()
    return body


def read_whole(bucket: str, key: str, version_id: str) -> bytes:
    """Read a version. Raises Refused as ``read_start`` does."""
    body: bytes = _get(bucket, key, version_id)["Body"].read()
    return body


def _get(bucket: str, key: str, version_id: str, **more: str) -> dict[str, Any]:
    try:
        reply: dict[str, Any] = client("s3").get_object(
            Bucket=bucket, Key=key, VersionId=version_id, **more
        )
    except ClientError as error:
        refusal = _refusal(failure_of(error))
        if refusal is not None:
            raise refusal from error
        raise
    return reply


def _refusal(failure: Failure) -> Refused | None:
    if failure.is_absence or failure.code == "MethodNotAllowed":  # S3's answer for a delete marker
        return Refused(Reason.GONE, "this version of the object is no longer in the bucket")
    if failure.code == "InvalidObjectState":
        return Refused(Reason.UNSUPPORTED, "the object is archived; restore it, and put a copy")
    if failure.code == "InvalidRequest":
        return Refused(
            Reason.UNSUPPORTED,
            "S3 does not hand the object out; is it encrypted with a key of its owner's (SSE-C)?",
        )
    return None
