"""The metadata that Glue writes for a new Iceberg table, and what its catalog keeps of it. Pure."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.services.athena.engine.iceberg.columns import Column
from sandbox.services.athena.engine.iceberg.metadata import parse_metadata
from sandbox.services.athena.engine.iceberg.shows import hive_type

Given = Mapping[str, Any]
_FIRST_PARTITION_ID = 1000  # https://iceberg.apache.org/spec/#partition-specs


def first_metadata(given: Given, moment_ms: int) -> dict[str, Any]:
    """Turn Glue's input of a table into Iceberg's JSON; raises ValueError for what it cannot be."""
    for missing in {"Location", "Schema"} - given.keys():
        raise ValueError(f"an Iceberg table needs {missing}")
    if given.get("WriteOrder"):
        raise ValueError("the sandbox's Glue makes no Iceberg table with a WriteOrder")
    fields = [_field(each) for each in given["Schema"]["Fields"]]
    parts = _parts((given.get("PartitionSpec") or {}).get("Fields") or [])
    identifiers = [int(each) for each in given["Schema"].get("IdentifierFieldIds") or []]
    schema = {"type": "struct", "schema-id": 0, "fields": fields}
    metadata = {
        "format-version": 2,
        "table-uuid": str(uuid.uuid4()),
        "location": str(given["Location"]).rstrip("/"),
        "last-sequence-number": 0,
        "last-updated-ms": moment_ms,
        "last-column-id": max(each["id"] for each in fields),
        "current-schema-id": 0,
        "schemas": [schema | ({"identifier-field-ids": identifiers} if identifiers else {})],
        "default-spec-id": 0,
        "partition-specs": [{"spec-id": 0, "fields": parts}],
        "last-partition-id": max([_FIRST_PARTITION_ID - 1, *(p["field-id"] for p in parts)]),
        "default-sort-order-id": 0,
        "sort-orders": [{"order-id": 0, "fields": []}],
        "properties": {name: str(value) for name, value in (given.get("Properties") or {}).items()},
        "current-snapshot-id": -1,
        "refs": {},
        **{name: [] for name in ("snapshots", "snapshot-log", "metadata-log", "statistics")},
    }
    known = {each["id"] for each in fields}
    if unknown := [part["name"] for part in parts if part["source-id"] not in known]:
        raise ValueError(f"the partition fields {unknown} are of no column; there are {known}")
    parse_metadata("table", metadata)
    return metadata


def table_input(name: str, metadata: Given, place: str) -> dict[str, Any]:
    """Write what the catalog keeps: where the metadata is, and the columns for who lists them."""
    (schema,) = metadata["schemas"]
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"table_type": "ICEBERG", "metadata_location": place},
        "StorageDescriptor": {
            "Location": metadata["location"],
            "Columns": [_catalogued(Column.parse(each)) for each in schema["fields"]],
        },
    }


def _catalogued(column: Column) -> dict[str, Any]:
    return {
        "Name": column.name,
        "Type": hive_type(column.kind),
        "Parameters": {
            "iceberg.field.current": "true",
            "iceberg.field.id": str(column.field_id),
            "iceberg.field.optional": str(not column.required).lower(),
        },
    }


def _field(given: Given) -> dict[str, Any]:
    made = {
        "id": int(given["Id"]),
        "name": given["Name"],
        "required": str(given.get("Required", False)).lower() == "true",
        "type": given["Type"],
    }
    return made | ({"doc": given["Doc"]} if given.get("Doc") else {})


def _parts(given: Sequence[Given]) -> list[dict[str, Any]]:
    return [
        {
            "field-id": int(each.get("FieldId") or _FIRST_PARTITION_ID + place),
            "source-id": int(each["SourceId"]),
            "name": each["Name"],
            "transform": each["Transform"],
        }
        for place, each in enumerate(given)
    ]
