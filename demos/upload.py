"""Upload files as any client would."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from sandbox.host.client import Sandbox

UPLOADERS = 8


class File(Protocol):
    """Whatever has a key and a content."""

    @property
    def key(self) -> str:
        """Return the key of the object."""

    @property
    def content(self) -> bytes:
        """Return the body of the object."""


def upload(sandbox: Sandbox, bucket: str, files: Iterable[File]) -> dict[str, str]:
    """Put files into a versioned bucket, a few at a time; returns the version of each key."""
    s3 = sandbox.client("s3")

    def put(file: File) -> tuple[str, str]:
        reply = s3.put_object(Bucket=bucket, Key=file.key, Body=file.content)
        return file.key, reply["VersionId"]

    with ThreadPoolExecutor(UPLOADERS) as pool:
        return dict(pool.map(put, files))
