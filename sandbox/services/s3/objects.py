"""S3 reads and writes: the caller's rights to the KMS key, and 403 where AWS hides a 404."""

import contextvars
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from sandbox.core import emulator, patching
from sandbox.iam import authorization
from sandbox.services.kms import keys
from sandbox.services.kms.keys import KeyRefusedError
from sandbox.services.s3.upstream import s3

Reply = tuple[int, dict[str, str], bytes]
Original = Callable[..., Any]
_ALGORITHM = "x-amz-server-side-encryption"
_KEY_ID = f"{_ALGORITHM}-aws-kms-key-id"

# The key being written: S3's choice of encryption is made where only the bucket is known.
_written_key: contextvars.ContextVar[str] = contextvars.ContextVar("written_key", default="")


def install() -> None:
    """Put the checks around S3's own operations, so that every way in meets them."""
    patching.wrap(
        s3,
        "_resolve_sse_write_headers",
        _encrypt,
        because="who writes with a KMS key must be allowed to generate a data key with it",
    )
    for name in ("_put_object", "_create_multipart_upload"):
        patching.wrap(
            s3,
            name,
            _remember_key,
            because="the encryption context of a write is the object, not the bucket",
        )
    patching.wrap(
        s3,
        "_copy_object",
        _copy,
        because="a copy decrypts its source, and hides a source that the caller may not list",
    )
    for name in ("_upload_part", "_complete_multipart_upload"):
        patching.wrap(
            s3,
            name,
            _part,
            because="a part of an encrypted upload needs the key that the upload began with",
        )
    patching.wrap(
        s3,
        "_upload_part_copy",
        _part_copy,
        because="a part that is copied needs the keys of its source and of the upload",
    )
    for name in ("_get_object", "_head_object", "_get_object_attributes"):
        patching.wrap(
            s3,
            name,
            _read,
            because="reading needs the key, and a missing object is 403 to who may not list",
        )


def _encrypt(original: Original) -> Original:
    """Choose a write's encryption; a KMS key must exist and be the caller's to generate with."""

    def resolve(headers: Mapping[str, str], bucket_name: str) -> tuple[Any, Reply | None]:
        chosen = dict(headers)
        if chosen.get(_ALGORITHM) == "aws:kms" and not chosen.get(_KEY_ID):
            # AWS: the bucket's default key if that is a KMS key, else the managed key aws/s3.
            default = s3._bucket_default_sse_headers(bucket_name)
            chosen[_KEY_ID] = default.get(_KEY_ID) or "alias/aws/s3"
        encryption, refused = original(chosen, bucket_name)
        if refused is not None or encryption.get(_ALGORITHM) != "aws:kms":
            return encryption, refused
        try:
            arn = keys.key_arn(encryption.get(_KEY_ID, ""), "s3")
            _require("kms:GenerateDataKey", arn, bucket_name, _written_key.get())
        except KeyRefusedError as denied:
            return None, _refusal(denied)
        return encryption | {_KEY_ID: arn}, None

    return resolve


def _remember_key(original: Original) -> Original:
    def write(bucket_name: str, key: str, *rest: Any) -> Reply:
        token = _written_key.set(key)
        try:
            reply: Reply = original(bucket_name, key, *rest)
            return reply
        finally:
            _written_key.reset(token)

    return write


def _copy(original: Original) -> Original:
    write = _remember_key(original)

    def copy(bucket_name: str, dest_key: str, headers: dict[str, str]) -> Reply:
        refused = _source_refusal(headers)
        if refused is not None:
            return refused
        reply: Reply = write(bucket_name, dest_key, headers)
        return reply

    return copy


def _part(original: Original) -> Original:
    """Require kms:Decrypt: S3 reads an upload's parts to join them."""

    def upload(bucket_name: str, key: str, body: bytes, query: Any, headers: Any = None) -> Reply:
        reply: Reply = _part_refusal(bucket_name, key, query) or original(
            bucket_name, key, body, query, headers
        )
        return reply

    return upload


def _part_copy(original: Original) -> Original:
    def upload(bucket_name: str, dest_key: str, query: Any, headers: dict[str, str]) -> Reply:
        reply: Reply = (
            _part_refusal(bucket_name, dest_key, query)
            or _source_refusal(headers)
            or original(bucket_name, dest_key, query, headers)
        )
        return reply

    return upload


def _part_refusal(bucket: str, key: str, query: Any) -> Reply | None:
    record = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
    return _decrypt_refusal(record, bucket, key)


def _source_refusal(headers: Mapping[str, str]) -> Reply | None:
    path, _, query = headers.get("x-amz-copy-source", "").lstrip("/").partition("?")
    bucket, _, key = unquote(path).partition("/")
    version = parse_qs(query).get("versionId", [""])[0]
    return _decrypt_refusal(_stored(bucket, key, version), bucket, key)


def _read(original: Original) -> Original:
    """Require kms:Decrypt of a reader, and let only those who may list learn what is not there."""

    def read(bucket_name: str, key: str, headers: Any = None, query_params: Any = None) -> Reply:
        version = s3._qp(query_params or {}, "versionId")
        refused = _decrypt_refusal(_stored(bucket_name, key, version), bucket_name, key)
        if refused is not None:
            return refused
        reply: Reply = original(bucket_name, key, headers or {}, query_params or {})
        if reply[0] == 404 and s3._ensure_bucket(bucket_name) is not None:
            return _hidden(bucket_name) or reply
        return reply

    return read


def _hidden(bucket: str) -> Reply | None:
    caller = authorization.request_caller()
    denied = authorization.denial(caller, "s3:ListBucket", bucket_arn(bucket))
    return access_denied(denied) if denied else None


def _stored(bucket: str, key: str, version: str) -> Mapping[str, Any] | None:
    versions = s3._object_versions.get((bucket, key), [])
    for candidate in versions if version else ():
        if candidate["version_id"] == version:
            record: Mapping[str, Any] = s3._object_record_from_version(candidate)
            return record
    found: Mapping[str, Any] | None = (s3._ensure_bucket(bucket) or {}).get("objects", {}).get(key)
    return found


def _decrypt_refusal(record: Mapping[str, Any] | None, bucket: str, key: str) -> Reply | None:
    encryption = s3._stored_sse_headers(record or {})
    if encryption.get(_ALGORITHM) != "aws:kms":
        return None
    try:
        _require("kms:Decrypt", encryption.get(_KEY_ID, ""), bucket, key)
    except KeyRefusedError as denied:
        return _refusal(denied)
    return None


def _require(action: str, key_reference: str, bucket: str, key: str) -> None:
    """With an S3 Bucket Key the encryption context is the bucket, else it is the object."""
    arn = bucket_arn(bucket)
    bucket_key = "<BucketKeyEnabled>true<" in (s3._bucket_encryption.get(bucket) or "")
    keys.require_use(
        authorization.request_caller(),
        [action],
        key_reference,
        service="s3",
        encryption_context={"aws:s3:arn": arn if bucket_key else f"{arn}/{key}"},
    )


def _refusal(denied: KeyRefusedError) -> Reply:
    if denied.code == "KMS.AccessDeniedException":
        return access_denied(denied.message)
    reply: Reply = s3._error(denied.code, denied.message, 400)
    return reply


def access_denied(message: str) -> Reply:
    """Spell a refusal as S3 does."""
    reply: Reply = s3._error("AccessDenied", message, 403)
    return reply


def bucket_arn(bucket: str) -> str:
    """Spell a bucket's ARN."""
    return f"arn:{emulator.PARTITION}:s3:::{bucket}"
