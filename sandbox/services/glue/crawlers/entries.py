"""What a crawler writes into the catalog about a table and its partitions."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.services.glue.crawlers.classifiers import Classified
from sandbox.services.glue.crawlers.grouping import Found
from sandbox.services.glue.crawlers.kinds import settled

_TEXT_IN = "org.apache.hadoop.mapred.TextInputFormat"
_TEXT_OUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
_CLASSES = {
    "csv": (_TEXT_IN, _TEXT_OUT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
    "json": (_TEXT_IN, _TEXT_OUT, "org.openx.data.jsonserde.JsonSerDe"),
    "parquet": (
        f"{_PARQUET}.MapredParquetInputFormat",
        f"{_PARQUET}.MapredParquetOutputFormat",
        f"{_PARQUET}.serde.ParquetHiveSerDe",
    ),
}


def table_input(found: Found, crawler: str, prefix: str, location: str) -> dict[str, Any]:
    """Describe a table; what was counted is of the objects that were looked at."""
    parameters = {
        "classification": found.what.format,
        "compressionType": found.what.compression,
        "typeOfData": "file",
        "objectCount": str(found.objects),
        "recordCount": str(found.what.records),
        "sizeKey": str(found.size),
        "averageRecordSize": str(found.size // max(found.what.records, 1)),
        "UPDATED_BY_CRAWLER": crawler,
        "CrawlerSchemaSerializerVersion": "1.0",
        "CrawlerSchemaDeserializerVersion": "1.0",
        **found.what.options,
    }
    return {
        "Name": f"{prefix}{found.name}",
        "Owner": "owner",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in found.keys],
        "StorageDescriptor": storage(found.what, location),
    }


def partition_inputs(found: Found, root: str) -> list[dict[str, Any]]:
    """Describe the partitions, each with its own place."""
    return [
        {
            "Values": list(values),
            "StorageDescriptor": storage(found.what, f"{root}{'/'.join(folders)}/"),
        }
        for values, folders in found.partitions.items()
    ]


def storage(what: Classified, location: str) -> dict[str, Any]:
    """Describe how objects are read."""
    read, written, serde = _CLASSES[what.format]
    options = {"serialization.format": "1"}
    if what.format == "csv":
        options = {"field.delim": what.options["delimiter"]}
    elif what.format == "json":
        options = {"paths": ",".join(sorted(what.columns))}
    return {
        "Columns": [{"Name": n, "Type": kind} for n, kind in settled(what.columns).items()],
        "Location": location,
        "InputFormat": read,
        "OutputFormat": written,
        "Compressed": what.compression != "none",
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": options},
        "StoredAsSubDirectories": False,
    }


def same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether a table is read as before."""
    kept = ("StorageDescriptor", "PartitionKeys")
    return json.dumps([old.get(k) for k in kept]) == json.dumps([new.get(k) for k in kept])
