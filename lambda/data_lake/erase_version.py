"""Look into one version of an object for a person's names, and take them out of the lake."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from data_lake.held_names import UnreadableError, names_in, write_without
from data_lake.names import Names
from data_lake.places import is_object, record_key
from runtime.errors import failure_of
from runtime.object_versions import ObjectVersion

PARQUET = "application/vnd.apache.parquet"
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
        try:
            found = self.s3.get_object(Bucket=bucket, Key=version.key, VersionId=version.version_id)
        except ClientError as error:
            if failure_of(error).is_absence:
                return False
            raise
        with path.open("wb") as file:
            for chunk in found["Body"].iter_chunks(1024 * 1024):
                file.write(chunk)
        return True

    def look(self, bucket: str, version: Version, names: Names, folder: Path) -> bool:
        """Tell whether a version names the person; raises UnreadableError.

        An object of the raw zone may by its key, too. What it holds is looked into as far as it is
        text: a picture tells no program whose it is.
        """
        path, of_objects = folder / "object", bucket == self.raw and is_object(version.key)
        if of_objects and names.are_in(version.key.encode()):
            return True
        try:
            return self.fetch(bucket, version, path) and names_in(path, names)
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
            is_record = bucket == self.modeled and is_object(version.key)
            kept = 0 if is_record else write_without(folder / "object", names, folder / "kept")
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
