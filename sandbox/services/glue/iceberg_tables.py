"""Iceberg tables that Glue makes: their first metadata is written as who makes them may write."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.upstream import provisioners, responses
from sandbox.iam import authorization
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.tables import split_uri
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.glue.first_metadata import first_metadata, table_input
from sandbox.services.glue.upstream import glue
from sandbox.services.kms import keys
from sandbox.services.s3.upstream import s3

Request = Mapping[str, Any]
_FORM = "OpenTableFormatInput"


def install() -> None:
    """Stand around what makes tables."""
    patching.wrap(
        glue,
        "_create_table",
        _creating,
        because="the form of an open table is dropped: nobody could read it",
    )
    patching.wrap_item(
        provisioners,
        "_RESOURCE_HANDLERS",
        ("AWS::Glue::Table", "update"),
        _updating,
        because="an update would drop the pointer to the metadata that writers have moved on",
    )


def _creating(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(data: dict[str, Any]) -> Any:
        iceberg = (data.get(_FORM) or {}).get("IcebergInput")
        if iceberg is None:
            return original(data)
        name = str((data.get("TableInput") or {}).get("Name") or data.get("Name") or "").lower()
        try:
            if f"{data.get('DatabaseName')}/{name}" in glue._tables:
                return original(data)  # which says so
            entry = _written(name, plain(iceberg))
        except (ValueError, KeyError, AthenaError) as error:
            why = f"{name}: {type(error).__name__}: {error}"
            return responses.error_response_json("InvalidInputException", why, 400)
        except emulator.ServiceError as error:
            return responses.error_response_json(error.code, error.message, error.status)
        kept = {key: value for key, value in data.items() if key != _FORM}
        return original({**kept, "TableInput": {**(data.get("TableInput") or {}), **entry}})

    return create


def _written(name: str, iceberg: Request) -> dict[str, Any]:
    """Write the metadata of a new table; gives the catalog's entry."""
    if (operation := iceberg.get("MetadataOperation")) != "CREATE":
        raise ValueError(f"MetadataOperation is {operation}; allowed: CREATE")
    if (version := str(iceberg.get("Version") or 2)) != "2":
        raise ValueError(f"Version is {version}; the sandbox has format version 2 only")
    # The API's name of it, and CloudFormation's.
    given = iceberg.get("CreateIcebergTableInput") or iceberg.get("IcebergTableInput") or {}
    # By the machine's clock, as Spark's commits: Iceberg takes none that is older than the last.
    metadata = first_metadata(given, int(time.time() * 1000))
    place = f"{metadata['location']}/metadata/00000-{uuid.uuid4()}.metadata.json"
    _put(place, json.dumps(metadata).encode())
    return table_input(name, metadata, place)


def _put(place: str, body: bytes) -> None:
    bucket, key = split_uri(place)
    arn = f"arn:{emulator.PARTITION}:s3:::{bucket}/{key}"
    if why := authorization.denial(authorization.request_caller(), "s3:PutObject", arn):
        raise emulator.ServiceError("AccessDeniedException", why)
    with keys.asked_again():
        reply = s3._put_object(bucket, key, body, {"content-length": str(len(body))})
    if reply[0] >= 300:
        raise ValueError(f"{place} cannot be written: {reply[2].decode(errors='replace')}")


def _updating(original: Callable[..., Any]) -> Callable[..., Any]:
    def update(physical_id: str, old: Request, new: Request, *rest: Any) -> Any:
        before, after = plain(old), plain(new)
        if not before.get(_FORM) and not after.get(_FORM):
            return original(physical_id, old, new, *rest)
        if before != after:
            raise ValueError(
                f"the sandbox's Glue changes no Iceberg table by its template ({physical_id}): its "
                "columns are those that writers gave it; rename it, or leave it as it was made"
            )
        return physical_id, {}

    return update
