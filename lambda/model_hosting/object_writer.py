"""Write an object of S3 in parts, while its content is still being made."""

from types import TracebackType
from typing import Any

PART_BYTES = 16 * 1024**2  # 10,000 of them are the most that an object may have


class ObjectWriter:
    """A context in which lines are written; leaving it puts the object there, or nothing of it.

    An object without content is not written. ``count`` is how often something was.
    """

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        self._s3, self._where = s3, {"Bucket": bucket, "Key": key}
        self._buffer = bytearray()
        self._parts: list[dict[str, Any]] = []
        self._upload: dict[str, Any] = {}
        self.count = 0

    def write(self, content: bytes) -> None:
        """Write some more."""
        self.count += 1
        self._buffer += content
        if len(self._buffer) >= PART_BYTES:
            self._send()

    def __enter__(self) -> "ObjectWriter":
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the object there, or take back what was sent."""
        if error:
            if self._upload:
                self._s3.abort_multipart_upload(**self._where, **self._upload)
        elif self._upload:
            if self._buffer:
                self._send()
            self._s3.complete_multipart_upload(
                **self._where, **self._upload, MultipartUpload={"Parts": self._parts}
            )
        elif self._buffer:
            self._s3.put_object(**self._where, Body=bytes(self._buffer))

    def _send(self) -> None:
        if not self._upload:
            begun = self._s3.create_multipart_upload(**self._where)
            self._upload = {"UploadId": begun["UploadId"]}
        number = len(self._parts) + 1
        sent = self._s3.upload_part(
            **self._where, **self._upload, PartNumber=number, Body=bytes(self._buffer)
        )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        self._buffer.clear()
