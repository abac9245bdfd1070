"""AWS::DynamoDB::Table: the properties that the emulator drops."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.services.cloudformation.replies import result_of
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.dynamodb.upstream import dynamodb

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    emulator.after_create(
        "AWS::DynamoDB::Table",
        _table,
        because="encryption, expiry, backups and protection of a table are dropped",
    )


def _table(name: str, properties: Properties, _attributes: Properties) -> None:
    table = dynamodb._tables[name]
    encryption = plain(properties.get("SSESpecification"))
    if encryption is not None:
        wanted = {"Enabled": encryption.pop("SSEEnabled", False), **encryption}
        table["SSEDescription"] = dynamodb._sse_description_from_spec(wanted)
    expiry = plain(properties.get("TimeToLiveSpecification"))
    if expiry is not None:
        result_of(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": expiry}))
    backups = plain(properties.get("PointInTimeRecoverySpecification"))
    dynamodb._pitr_settings[name] = bool((backups or {}).get("PointInTimeRecoveryEnabled"))
    table["DeletionProtectionEnabled"] = bool(properties.get("DeletionProtectionEnabled"))
