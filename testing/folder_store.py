"""Buckets as folders: what a job's tasks write to in tests, in processes of their own."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class FolderStore:
    """The calls of S3's client that jobs make; the object of a key is the file of that path."""

    root: Path

    def __call__(self) -> "FolderStore":
        """Give itself, as what makes a client gives one."""
        return self

    def put_object(self, *, Bucket: str, Key: str, Body: Any, ContentType: str) -> None:  # noqa: N803 (boto3's)
        """Write an object, over what is there."""
        del ContentType
        path = self._path(Bucket, Key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Body if isinstance(Body, bytes) else Body.read())

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 (likewise)
        """Read an object; raises ClientError as S3 does where there is none."""
        path = self._path(Bucket, Key)
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": Key}}, "GetObject")
        return {"Body": io.BytesIO(path.read_bytes())}

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803 (likewise)
        """Delete an object, if there is one."""
        self._path(Bucket, Key).unlink(missing_ok=True)

    def get_paginator(self, name: str) -> "FolderStore":
        """Give what lists objects."""
        if name != "list_objects_v2":
            raise NotImplementedError(name)
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803 (likewise)
        """List the keys below a prefix."""
        folder = self.root / Bucket
        found = (path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
        yield {"Contents": [{"Key": key} for key in sorted(found) if key.startswith(Prefix)]}

    def keys(self, bucket: str) -> list[str]:
        """List all keys of a bucket."""
        return [
            each["Key"]
            for page in self.paginate(Bucket=bucket, Prefix="")
            for each in page["Contents"]
        ]

    def _path(self, bucket: str, key: str) -> Path:
        return self.root / bucket / key
