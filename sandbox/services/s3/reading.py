"""Objects read as the caller of the request that is served, whichever service reads them."""

from sandbox.core.emulator import PARTITION, ServiceError, deny_reason
from sandbox.services.s3.upstream import s3


def read_object(bucket: str, key: str, version_id: str | None = None) -> bytes:
    """Read an S3 object as the caller, who needs the permissions that S3 and KMS ask for.

    Raises `ServiceError` AccessDenied, NoSuchBucket, NoSuchKey or NoSuchVersion.
    """
    action = "s3:GetObjectVersion" if version_id else "s3:GetObject"
    if reason := deny_reason(action, f"arn:{PARTITION}:s3:::{bucket}/{key}"):
        raise ServiceError("AccessDenied", reason, 403)
    query = {"versionId": [version_id]} if version_id else {}
    signed = {"authorization": "AWS4-HMAC-SHA256"}
    status, _, body = s3._get_object(bucket, key, signed, query)
    if status != 200:
        code, said = _xml_text(body, "Code") or "NoSuchKey", _xml_text(body, "Message")
        raise ServiceError(code, f"{said} (s3://{bucket}/{key})", status)
    return body if isinstance(body, bytes) else b"".join(body)


def _xml_text(body: bytes, tag: str) -> str:
    _, _, rest = body.partition(f"<{tag}>".encode())
    return rest.partition(f"</{tag}>".encode())[0].decode()
