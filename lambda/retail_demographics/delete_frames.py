"""Delete the frames that are done. What stays behind is for the bucket's lifecycle to delete."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from retail_demographics.frames import Frame
from runtime.errors import failure_of

MAX_DELETES = 1000

# No XML document can hold these, and DeleteObjects sends its keys in one.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def delete_versions(s3: Any, frames: Iterable[Frame]) -> Counter[str]:
    """Delete exactly the versions that were analysed; count what went wrong, by error.

    A frame without a version is left alone: by now its key may hold another picture.
    """
    errors: Counter[str] = Counter()
    buckets: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for frame in frames:
        version = {"Key": frame.key, "VersionId": frame.version_id}
        if not frame.version_id:
            continue
        if _NOT_XML.search(frame.key):
            errors += _delete_one(s3, frame.bucket, version)
        else:
            buckets[frame.bucket].append(version)
    for bucket, versions in buckets.items():
        for start in range(0, len(versions), MAX_DELETES):
            errors += _delete_many(s3, bucket, versions[start : start + MAX_DELETES])
    return errors


def _delete_one(s3: Any, bucket: str, version: dict[str, str]) -> Counter[str]:
    try:
        s3.delete_object(Bucket=bucket, **version)
    except (ClientError, BotoCoreError) as error:
        return Counter([_without_key(str(failure_of(error)))])
    return Counter()


def _delete_many(s3: Any, bucket: str, versions: list[dict[str, str]]) -> Counter[str]:
    try:
        reply = s3.delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
    except (ClientError, BotoCoreError) as error:
        return Counter({_without_key(str(failure_of(error))): len(versions)})
    return Counter(
        _without_key(f"{error.get('Code', 'Unknown')}: {error.get('Message', '')}")
        for error in reply.get("Errors", ())
    )


def _without_key(message: str) -> str:
    """Cut what AWS says of the resource: it names the action before, and there the object's key."""
    return message.partition(" on resource")[0]
