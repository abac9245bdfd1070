"""One version of one object that came to the inbox, and what its execution is told of it."""

from typing import Any
from urllib.parse import quote

from runtime.object_versions import ObjectVersion


class InboxObject(ObjectVersion):
    """A document to be: the same version is the same document, whose id is the object's."""

    @property
    def execution_name(self) -> str:
        """Name the one execution that works on it, as long as Step Functions lets a name be."""
        return self.digest

    @property
    def copy_source(self) -> str:
        """Name the version as S3's CopyObject wants it: percent-encoded, slashes as they are."""
        place = quote(f"{self.bucket}/{self.key}", safe="/")
        return f"{place}?versionId={quote(self.version_id, safe='')}"

    def execution_input(self) -> dict[str, Any]:
        """Say all that the state machine is told."""
        return {
            "document_id": self.object_id,
            "attempt": 1,
            "bucket": self.bucket,
            "key": self.key,
            "version_id": self.version_id,
            "size": self.size_bytes,
            "event_time": self.event_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "copy_source": self.copy_source,
        }
