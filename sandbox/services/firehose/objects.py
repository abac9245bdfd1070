"""Objects that a stream writes: their keys and content, and how one is written as its role."""

import asyncio
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox.core import emulator
from sandbox.core.upstream import responses
from sandbox.faults.occasions import SAID, struck
from sandbox.iam import authorization, problems, sessions
from sandbox.services.firehose import prefixes
from sandbox.services.firehose.buffers import Record
from sandbox.services.firehose.configurations import Configuration
from sandbox.services.kms import keys
from sandbox.services.s3.upstream import s3

SERVICE = "firehose.amazonaws.com"
# What the guide has the role be granted for bucket and key; what of it is used it does not say.
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
ON_BUCKET = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
ON_OBJECT = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
ON_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
_ALGORITHM = "x-amz-server-side-encryption"


@dataclass(frozen=True, slots=True)
class Written:
    """An object that is to be written, and how much it holds of what came."""

    key: str
    body: bytes
    records: int
    bytes: int
    oldest: float


class RefusedError(Exception):
    """An object could not be written: a code and words, as the stream's log has them."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def of_records(
    stream: str,
    version: int,
    to: Configuration,
    records: Sequence[Record],
    keys_: Mapping[str, str],
    error_type: str | None = None,
) -> Written:
    """Make an object of records: those of one partition, or errors of one type."""
    oldest = min(record.arrived_at for record in records)
    moment = datetime.fromtimestamp(oldest, to.zone)
    if error_type is None:
        prefix = prefixes.evaluated(to.prefix, moment, keys_)
    else:
        prefix = prefixes.error_evaluated(to.error_prefix, to.prefix, error_type, moment)
    content = b"".join(record.data for record in records)
    is_plain = error_type is not None
    at = prefixes.formatted("yyyy-MM-dd-HH-mm-ss", moment)
    name = f"{stream}-{version}-{at}-{responses.new_uuid()}{'' if is_plain else to.extension}"
    return Written(
        key=prefix + name,
        body=gzip.compress(content, mtime=0) if to.gzip and not is_plain else content,
        records=len(records),
        bytes=len(content),
        oldest=oldest,
    )


def write(
    stream: str, to: Configuration, content: Written, loop: asyncio.AbstractEventLoop
) -> None:
    """Write an object as the stream's role; raises RefusedError."""
    key = sessions.opened(to.role_arn, service=SERVICE, session=stream)
    if why := _denial(stream, to, content.key):
        problems.report("delivery", f"{stream} cannot deliver: {why}")
        raise RefusedError("S3.AccessDenied", f"Access was denied. {why}")
    if rule := struck("s3:PutObject"):
        raise RefusedError(f"S3.{rule.given['code']}", f"{rule.given['code']} {SAID}")

    async def put() -> str | None:
        with emulator.acting_as(key), keys.asked_again():
            if s3._ensure_bucket(to.bucket) is None:
                return "NoSuchBucket: The specified bucket does not exist"
            sent = {"content-length": str(len(content.body)), **_encryption(to)}
            sent["content-type"] = "application/octet-stream"
            status, _, reply = s3._put_object(to.bucket, content.key, content.body, sent)
            return None if status < 300 else f"{_told(reply, 'Code')}: {_told(reply, 'Message')}"

    # On the loop, where S3's events are sent.
    refused = asyncio.run_coroutine_threadsafe(put(), loop).result(timeout=60)
    if refused:
        code, _, message = refused.partition(": ")
        problems.report("delivery", f"{stream} cannot deliver: {message}")
        raise RefusedError(f"S3.{code}", message)


def _denial(stream: str, to: Configuration, key: str) -> str | None:
    role = authorization.execution_role(to.role_arn, stream)
    bucket = f"arn:{emulator.PARTITION}:s3:::{to.bucket}"
    asked = [(action, bucket) for action in ON_BUCKET]
    asked += [(action, f"{bucket}/{key}") for action in ON_OBJECT]
    denied = next(filter(None, (authorization.denial(role, *need) for need in asked)), None)
    if denied or to.key_arn is None or not authorization.enforced():
        return denied
    context = {"aws:s3:arn": f"{bucket}/{key}"}
    try:
        with keys.asked_again():
            keys.require_use(role, ON_KEY, to.key_arn, service="s3", encryption_context=context)
    except keys.KeyRefusedError as refused:
        return refused.message
    return None


def _encryption(to: Configuration) -> dict[str, str]:
    if to.key_arn is None:
        return {}
    return {_ALGORITHM: "aws:kms", f"{_ALGORITHM}-aws-kms-key-id": to.key_arn}


def _told(reply: bytes, tag: str) -> str:
    return reply.decode(errors="replace").partition(f"<{tag}>")[2].partition("</")[0]
