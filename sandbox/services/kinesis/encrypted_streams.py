"""An encrypted stream: who puts records needs its key to generate with, who reads to decrypt."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.kinesis.upstream import kinesis
from sandbox.services.kms import keys

Original = Callable[[dict[str, Any]], Any]


def install() -> None:
    """Ask for the key where records are put and read."""
    for name, action, find in (
        ("_put_record", "kms:GenerateDataKey", _named),
        ("_put_records", "kms:GenerateDataKey", _named),
        ("_get_records", "kms:Decrypt", _iterated),
    ):
        patching.wrap(
            kinesis,
            name,
            _with_key(action, find),
            because="who puts into an encrypted stream, or reads it, needs its key",
        )


def _with_key(action: str, find: Callable[[Mapping[str, Any]], Any]) -> patching.Make:
    def make(original: Original) -> Original:
        def guarded(data: dict[str, Any]) -> Any:
            return _refusal(action, find(data) or {}) or original(data)

        return guarded

    return make


def _named(data: Mapping[str, Any]) -> Any:
    return kinesis._resolve_stream(data)[1]


def _iterated(data: Mapping[str, Any]) -> Any:
    iterator = kinesis._shard_iterators.get(data.get("ShardIterator")) or {}
    return kinesis._streams.get(iterator.get("stream"))


def _refusal(action: str, stream: Mapping[str, Any]) -> Any:
    if stream.get("EncryptionType") != "KMS" or not authorization.enforced():
        return None
    try:
        keys.require_use(
            authorization.request_caller(),
            [action],
            stream.get("KeyId", ""),
            service="kinesis",
            encryption_context={"aws:kinesis:arn": stream["StreamARN"]},
        )
    except keys.KeyRefusedError as refused:
        code = refused.code.removeprefix("KMS.").removesuffix("Exception")
        known = {"AccessDenied", "Disabled", "NotFound", "Throttling"}
        name = f"KMS{code if code in known else 'InvalidState'}Exception"
        return responses.error_response_json(name, refused.message, 400)
    return None
