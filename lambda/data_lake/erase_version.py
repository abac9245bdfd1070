"""Look into one version of an object for a person's names, and take them out of the lake."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import Any

import duckdb
from botocore.exceptions import ClientError

from data_lake.file_parts import Part, parts_of_rows
from data_lake.held_names import (
    UnreadableError,
    is_parquet,
    names_in,
    names_in_rows,
    write_without,
)
from data_lake.modeling import engine
from data_lake.names import Names
from data_lake.parquet_footer import row_groups, write_part
from data_lake.places import is_object, record_key
from runtime.errors import failure_of
from runtime.object_versions import ObjectVersion

PARQUET = "application/vnd.apache.parquet"
CHUNK_BYTES = 1024 * 1024
PART_BYTES = 256 * 1024 * 1024  # of Parquet that are on disk at once
NOT_MODELED = "not modeled yet: wait or redrive, then erase again"
IN_USE = "in use: let no job run, then erase again"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one object, as a listing tells it."""

    key: str
    version_id: str
    is_latest: bool
    modified: datetime


@dataclass(frozen=True, slots=True)
class Lake:
    """The buckets whose objects are dealt with in a way of their own, and the client."""

    s3: Any
    raw: str
    modeled: str
    failures: str
    results: str

    def fetch(self, bucket: str, version: Version, path: Path) -> bool:
        """Read a version into a file; tells whether it was there."""
        if found := self._get(bucket, version):
            with path.open("wb") as file:
                file.writelines(found["Body"].iter_chunks(CHUNK_BYTES))
        return found is not None

    def look(self, bucket: str, version: Version, names: Names, folder: Path) -> bool:
        """Tell whether a version names the person; raises UnreadableError.

        It may be larger than the disk: text is looked into as it comes, Parquet a part at a time.
        An object of the raw zone may name somebody by its key, too. What it holds is looked into as
        far as it is text: a picture tells no program whose it is.
        """
        of_objects = bucket == self.raw and is_object(version.key)
        if of_objects and names.are_in(version.key.encode()):
            return True
        if not (found := self._get(bucket, version)):
            return False
        try:
            with BufferedReader(found["Body"], CHUNK_BYTES) as file:
                if not is_parquet(file):
                    return names_in(file, names)
                if (size := found["ContentLength"]) <= PART_BYTES:
                    path = folder / "object"
                    with path.open("wb") as copy:
                        shutil.copyfileobj(file, copy)
                    return names_in_rows(path, names)
            return self._parts_name(bucket, version, size, names, folder)
        except UnreadableError:
            if of_objects:
                return False
            raise

    def erase(self, bucket: str, version: Version, names: Names, folder: Path) -> str:
        """Take the names out of a version that was looked into; tells why it stays, if it does.

        Nothing else of the same key may be modeled, or merged, meanwhile.
        """
        if bucket == self.raw:
            records = list(self._records(version))
            if is_object(version.key):  # it goes whole, and so does what the catalog has of it
                for record in records:
                    self.delete(self.modeled, record)
            elif not records:
                return NOT_MODELED
        if version.is_latest and bucket in (self.modeled, self.failures):
            kept = 0
            if not (bucket == self.modeled and is_object(version.key)):
                self.fetch(bucket, version, folder / "object")
                kept = write_without(folder / "object", names, folder / "kept")
            # The marker keeps an older version from coming back.
            if kept:
                with (folder / "kept").open("rb") as body:
                    self.s3.put_object(
                        Bucket=bucket, Key=version.key, Body=body, ContentType=PARQUET
                    )
            else:
                self.s3.delete_object(Bucket=bucket, Key=version.key)
        elif version.is_latest and bucket not in (self.raw, self.results):
            return IN_USE
        self.delete(bucket, version)
        return ""

    def delete(self, bucket: str, version: Version) -> None:
        """Delete a version for good."""
        self.s3.delete_object(Bucket=bucket, Key=version.key, VersionId=version.version_id)

    def _get(
        self, bucket: str, version: Version, span: range | None = None
    ) -> dict[str, Any] | None:
        """Begin to read a version, or a span of it; None where it is not there."""
        asked = {"Range": f"bytes={span.start}-{span.stop - 1}"} if span else {}
        try:
            found: dict[str, Any] = self.s3.get_object(
                Bucket=bucket, Key=version.key, VersionId=version.version_id, **asked
            )
        except ClientError as error:
            if failure_of(error).is_absence:
                return None
            raise
        return found

    def _parts_name(
        self, bucket: str, version: Version, size: int, names: Names, folder: Path
    ) -> bool:
        """Look into a Parquet file a part at a time, of which the disk has to hold the largest."""
        path = folder / "part"

        def chunks(span: range) -> Iterator[bytes]:
            if found := self._get(bucket, version, span):
                yield from found["Body"].iter_chunks(CHUNK_BYTES)

        def write(part: Part | None = None) -> None:
            path.unlink(missing_ok=True)
            if part and part.end - part.begin > shutil.disk_usage(folder).free:
                raise UnreadableError(
                    f"Parquet: a row group of {part.end - part.begin} bytes is more than the disk "
                    "takes; raise disk_mib"
                )
            write_part(path, size, chunks, part)

        write()
        try:
            with engine(folder) as con:
                parts = parts_of_rows(row_groups(con, path), PART_BYTES)
        except duckdb.Error as error:
            raise UnreadableError(f"Parquet: {type(error).__name__}") from None
        for part in parts:
            write(part)
            if names_in_rows(path, names, range(part.first, part.first + part.rows)):
                return True
        return False

    def _records(self, version: Version) -> Iterator[Version]:
        """Find the record of a raw version that is done: of the day that it came, or the next."""
        for event_time in (version.modified, version.modified + timedelta(days=1)):
            source = ObjectVersion(self.raw, version.key, version.version_id, "", "", 0, event_time)
            key = record_key(source)
            try:
                found = self.s3.get_object(Bucket=self.modeled, Key=key)
            except ClientError as error:
                if not failure_of(error).is_absence:
                    raise
            else:
                found["Body"].close()
                yield Version(key, found["VersionId"], True, found["LastModified"])
