"""The bucket of batches and the form of their records, as the functions' environment tells."""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3

from model_hosting.batch_forms import BatchForm
from model_hosting.batch_lines import lines
from model_hosting.object_writer import ObjectWriter
from runtime.settings import string

READ_BYTES = 1024**2
LONGEST_LINE = 128 * 1024**2  # of what we have written ourselves


@cache
def form() -> BatchForm:
    """Read how records are written."""
    return BatchForm.read(string(os.environ, "BATCH_FORM"))


class Storage:
    """The bucket of batches."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3, self.bucket = s3, bucket

    def read(self, key: str, *, most_bytes: int, etag: str | None = None) -> Iterator[bytes | None]:
        """Read lines; of the content that has the tag, and no other."""
        wanted = {"IfMatch": etag} if etag else {}
        found = self.s3.get_object(Bucket=self.bucket, Key=key, **wanted)
        return lines(found["Body"].iter_chunks(READ_BYTES), most_bytes)

    def written(self, key: str) -> Iterator[bytes]:
        """Read lines that are as long as they may be already."""
        for line in self.read(key, most_bytes=LONGEST_LINE):
            if line is None:
                raise ValueError(f"{key} has a line of more than {LONGEST_LINE} bytes")
            yield line

    def write(self, key: str) -> ObjectWriter:
        """Begin an object."""
        return ObjectWriter(self.s3, self.bucket, key)

    def list(self, prefix: str) -> Iterator[dict[str, Any]]:
        """List objects below a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            yield from page.get("Contents", ())


@cache
def storage() -> Storage:
    """Make the client once."""
    return Storage(boto3.client("s3"), string(os.environ, "BATCHES_BUCKET"))
