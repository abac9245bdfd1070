"""Buckets that are folders: as much of S3 as the job that models large files uses."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Body:
    """A span of a file, of which no more is read at once than is asked for."""

    path: Path
    span: range

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        """Read it a chunk at a time."""
        with self.path.open("rb") as file:
            file.seek(self.span.start)
            for at in range(self.span.start, self.span.stop, size):
                yield file.read(min(size, self.span.stop - at))


@dataclass(frozen=True, slots=True)
class FolderS3:
    """A client whose buckets are the folders below one; keys have one version each."""

    root: Path

    def __call__(self) -> "FolderS3":
        """Be what gives a client, too."""
        return self

    def get_object(self, **asked: str) -> dict[str, Any]:
        """Read a file, or a range of it; raises what S3 says of one that is not there."""
        path = self.root / asked["Bucket"] / asked["Key"]
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey"}, "ResponseMetadata": {}}, "GetObject")
        span = range(path.stat().st_size)
        if found := _RANGE.fullmatch(asked.get("Range", "")):
            span = range(int(found[1]), min(int(found[2]) + 1, span.stop))
        return {"Body": Body(path, span)}

    def put_object(self, **asked: Any) -> None:
        """Write a file."""
        path = self.root / asked["Bucket"] / asked["Key"]
        path.parent.mkdir(parents=True, exist_ok=True)
        body = asked["Body"]
        with path.open("wb") as file:
            if isinstance(body, bytes):
                file.write(body)
            else:
                shutil.copyfileobj(body, file)
