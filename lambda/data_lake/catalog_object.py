"""Take one object that is no file of records into the catalog: what it is, and no copy of it."""

from pathlib import Path

from data_lake.content_types import HEAD_BYTES, Content, Described
from data_lake.image_sizes import TornError
from data_lake.model_file import Zones, chunks_of
from data_lake.modeling import Outcome, set_aside
from data_lake.object_record import object_record
from data_lake.places import OBJECTS, collection_of, quarantine_key, record_key
from data_lake.reasons import FileReason, SetAside
from data_lake.settings import Settings
from runtime.capture_time import capture_of
from runtime.object_versions import ObjectVersion


def catalog_object(
    zones: Zones, source: ObjectVersion, settings: Settings, folder: Path
) -> list[Outcome] | None:
    """Describe an object; None where that was done before. Raises what botocore raises.

    What was set aside is in quarantine first, and then has a record, too: the same version always
    has the same one.
    """
    if zones.is_done(source):
        return None
    outcome, content, collection = Outcome(objects=1), None, None
    try:
        collection = collection_of(source.key)
        content = _described(zones, source, settings.large_file_bytes)
    except SetAside as why:
        outcome = set_aside(folder, source, why, None)
        if outcome.rejects:
            zones.put_file(zones.failures, quarantine_key(OBJECTS, source), outcome.rejects)
    name = source.key.rpartition("/")[2]
    capture = capture_of(name, source.event_time, settings.kept)
    captured_at = capture.at if capture.source == "key" else None
    zones.s3.put_object(
        Bucket=zones.modeled,
        Key=record_key(source),
        Body=object_record(source, collection, captured_at, content, outcome.file_reason),
        ContentType="application/json",
    )
    return [outcome]


def _described(zones: Zones, source: ObjectVersion, most_bytes: int) -> Described:
    """Read all of it, or where it is more than is read, its first bytes."""
    if not source.size_bytes:
        raise SetAside(FileReason.EMPTY, "it holds no bytes")
    whole = source.size_bytes <= most_bytes
    content = Content()
    span = None if whole else range(HEAD_BYTES)
    for chunk in chunks_of(zones.s3, source, span):
        content.take(chunk)
    try:
        return content.described(source.size_bytes)
    except TornError as error:
        raise SetAside(FileReason.UNREADABLE_OBJECT, str(error)) from None
