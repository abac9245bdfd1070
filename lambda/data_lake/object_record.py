"""What is known of one version of an object that is no file of records, as a line of JSON."""

import json
from datetime import datetime

from data_lake.content_types import Described
from data_lake.reasons import FileReason
from runtime.object_versions import ObjectVersion


def object_record(
    source: ObjectVersion,
    collection: str | None,
    captured_at: datetime | None,
    content: Described | None,
    reason: FileReason | None,
) -> bytes:
    """Tell it; of what was set aside only where it is and why."""
    told = {
        "object_id": source.object_id,
        "collection": collection,
        "object_key": source.key,
        "version_id": source.version_id or source.e_tag,
        "size_bytes": source.size_bytes,
        "captured_at": _moment(captured_at) if captured_at else None,
        "arrived_at": _moment(source.event_time),
        "content_type": content.content_type if content else None,
        "sha256": content.sha256 if content else None,
        "width": content.width if content else None,
        "height": content.height if content else None,
        "characters": content.characters if content else None,
        "encoding": content.encoding if content else None,
        "file_reason": reason,
    }
    return json.dumps(told, ensure_ascii=True).encode()


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
