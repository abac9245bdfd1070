"""Look for frames in the bucket: whether they are there, and by which checksum S3 knows them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from retail_demographics.frames import Frame
from runtime.errors import Failure, failure_of

OUT_OF_TIME = Failure("OutOfTime", "the batch ran out of time before this frame's turn")
# S3 tells those who may not list a bucket 403 where it would tell others 404; and a HEAD has no
# body, so AWS cannot name the action itself.
_HEAD_DENIED = (
    "the function's role needs s3:GetObjectVersion on the frames, s3:ListBucket on their bucket"
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A frame that is not in the bucket any more."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A frame that has to be tried again, and why."""

    frame: Frame
    failure: Failure


def head(s3: Any, frame: Frame, **options: str) -> dict[str, Any] | Missing | Unfinished:
    """Ask S3 about the version of a frame; never raises for a frame."""
    version = {"VersionId": frame.version_id} if frame.version_id else {}
    try:
        reply: dict[str, Any] = s3.head_object(
            Bucket=frame.bucket, Key=frame.key, **version, **options
        )
    except (ClientError, BotoCoreError) as error:
        answer = failure_of(error)
        if answer.is_absence:
            return Missing(frame)
        message = _HEAD_DENIED if answer.is_denial else answer.message
        # Not a denial of the batch: a stranger may have locked just this one object.
        return Unfinished(frame, replace(answer, code=f"HeadObject {answer.code}", message=message))
    return reply


def read_checksum(
    s3: Any, frame: Frame, time_left: Callable[[], float]
) -> Frame | Missing | Unfinished:
    """Find the checksum that S3 keeps of every upload, its uploader's or its own CRC64NVME.

    An ETag would not do: under a key of KMS it is another for the same bytes.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    if time_left() <= 0:
        return Unfinished(frame, OUT_OF_TIME)
    reply = head(s3, frame, ChecksumMode="ENABLED")
    if not isinstance(reply, dict):
        return reply
    sums = {name: value for name, value in reply.items() if name.startswith("Checksum")}
    sums.pop("ChecksumType", None)
    return replace(frame, checksum=",".join(f"{name}={sums[name]}" for name in sorted(sums)))
