"""Buckets that are folders, for who reads and writes S3 in whatever process of a test."""

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class FolderS3:
    """As much of a client of S3 as the lake's code uses; a version's id is not looked at."""

    root: str

    def __call__(self) -> Any:
        """Be what gives a client, too."""
        return self

    def get_object(self, **asked: str) -> dict[str, Any]:
        """Read a file, or a range of it; raises what S3 says of one that is not there."""
        path = Path(self.root, asked["Bucket"], asked["Key"])
        if not path.exists():
            status: Any = {"Error": {"Code": "NoSuchKey"}, "ResponseMetadata": {}}
            raise ClientError(status, "GetObject")
        content = path.read_bytes()
        if found := _RANGE.fullmatch(asked.get("Range", "")):
            content = content[int(found[1]) : int(found[2]) + 1]
        body = StreamingBody(io.BytesIO(content), len(content))
        return {"Body": body, "ContentLength": len(content)}

    def put_object(self, **asked: Any) -> None:
        """Write a file."""
        path = Path(self.root, asked["Bucket"], asked["Key"])
        path.parent.mkdir(parents=True, exist_ok=True)
        body = asked["Body"]
        path.write_bytes(body if isinstance(body, bytes) else body.read())
