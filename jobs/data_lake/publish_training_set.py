"""Tell of a training set: its snapshot kept by name, its manifest, and last the run's pointer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3
from pyspark.sql import DataFrame

from data_lake.manifest import (
    FOLLOWED,
    MANIFESTS,
    document,
    followed_key,
    manifest_key,
    run_key,
)
from data_lake.training_set import Seen, TrainingSet
from data_lake.training_table import RUN


class Documents:
    """Objects of the zone that is named like ``s3://bucket/``."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._bucket, self._s3 = place.removeprefix("s3://").rstrip("/"), boto3.client("s3")

    def read(self, key: str) -> dict[str, Any] | None:
        """Read a document, if it is there."""
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return None
        found: dict[str, Any] = json.loads(body)
        return found

    def write(self, key: str, content: bytes) -> None:
        """Write a document."""
        self._s3.put_object(
            Bucket=self._bucket, Key=key, Body=content, ContentType="application/json"
        )

    def delete(self, key: str) -> None:
        """Delete an object, whether or not it is there."""
        self._s3.delete_object(Bucket=self._bucket, Key=key)

    def list(self, prefix: str, before: datetime | None = None) -> list[str]:
        """List the objects below a prefix, or those of them from before a moment."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        found = [each for page in pages for each in page.get("Contents", [])]
        return [each["Key"] for each in found if not before or each["LastModified"] < before]


@dataclass(frozen=True, slots=True)
class Content:
    """Rows that are to be published, and the name of what they say."""

    rows: DataFrame
    count: int
    name: str


def publish(
    table: TrainingSet,
    documents: Documents,
    run: str,
    seen: Seen,
    content: Content,
    describe: Callable[[int], bytes],
) -> dict[str, Any]:
    """Commit the content unless it was seen there, keep its snapshot, and tell of it.

    Each step may be done again. ``changed`` is told once a commit: by the run that made it or, if
    that one ended before it told so, by the next that comes this far. ``describe`` makes the
    manifest, which is written unless it is there.
    """
    is_new = seen.content is None or seen.content.content_hash != content.name
    if is_new:
        table.replace(content.rows, content.count, seen.head, content.name, run)
    snapshot = table.holding(content.name)
    table.keep(snapshot.snapshot_id, content.name)
    kept, key, by = table.tags()[content.name], manifest_key(content.name), snapshot.summary[RUN]
    found = documents.read(key) or {}
    if found.get("snapshot_id") != str(kept):  # none, or whose snapshot an erasure took
        documents.write(key, describe(kept))
    documents.delete(followed_key(content.name))  # it may have come back
    told = documents.read(run_key(by)) or {}
    pointer = {
        "manifest": f"{documents.place}{key}",
        "content_hash": content.name,
        "snapshot_id": str(kept),
        "changed": is_new or told.get("content_hash") != content.name,
    }
    documents.write(run_key(run), document(pointer))
    if pointer["changed"] and by != run:
        documents.write(run_key(by), document(pointer))
    return pointer


def publish_nothing(documents: Documents, run: str) -> dict[str, Any]:
    """Tell that there is no training set yet."""
    pointer = {"manifest": None, "content_hash": None, "snapshot_id": None, "changed": False}
    documents.write(run_key(run), document(pointer))
    return pointer


def forget(table: TrainingSet, documents: Documents, kept: datetime, others: datetime) -> None:
    """Forget what was followed before a moment, and what was not kept from before another.

    What the table holds stays, and how old it is does not count: the time of what was kept runs
    from when a run first sees that another content has followed it. A manifest goes before its
    snapshot, so that none names what is not there, and so does one whose snapshot somebody else
    has released, as an erasure does.
    """
    content = table.look().content
    names = table.tags().keys()
    followed = names - {content.content_hash if content else None}
    noted = set(documents.list(FOLLOWED))
    for name in followed:
        if followed_key(name) not in noted:
            documents.write(followed_key(name), b"")
    due = set(documents.list(FOLLOWED, kept))
    old = {name for name in followed if followed_key(name) in due}
    named = {manifest_key(name) for name in names - old}
    for key in documents.list(MANIFESTS):
        if key not in named:
            documents.delete(key)
    for name in old:
        table.release(name)
    for key in noted - {followed_key(name) for name in followed - old}:
        documents.delete(key)
    table.forget(others)


def sweep(table: TrainingSet, documents: Documents, folder: str, before: datetime) -> list[str]:
    """Delete files of the table's folder that runs left behind which did not end."""
    found = documents.list(folder, before)
    needed = table.files() if found else set()
    left = [key for key in found if f"{documents.place}{key}" not in needed]
    for key in left:
        documents.delete(key)
    return left
