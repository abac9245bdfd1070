"""AWS::Glue::SecurityConfiguration, which the emulator has by API only."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.core.emulator import ServiceError
from sandbox.services.cloudformation.replies import result_of
from sandbox.services.glue.upstream import glue

Properties = Mapping[str, Any]


def install() -> None:
    """Teach CloudFormation the type."""
    emulator.add_resource_type(
        "AWS::Glue::SecurityConfiguration", create=_create, delete=_delete, update=_update
    )


def of(name: str | None) -> dict[str, Any]:
    """Read what a security configuration says, as a run begins; nothing, if there is no name."""
    if not name:
        return {}
    found = glue._security_configs.get(name)
    if found is None:
        raise ServiceError("EntityNotFoundException", f"Security configuration {name} not found")
    encryption = found["EncryptionConfiguration"]
    mode = (encryption.get("CloudWatchEncryption") or {}).get("CloudWatchEncryptionMode")
    return {"Encryption": encryption, "EncryptsLogs": mode == "SSE-KMS"}


def _create(_logical_id: str, properties: Properties, _stack: str) -> tuple[str, Properties]:
    name = str(properties["Name"])
    result_of(glue._create_security_configuration(_request(name, properties)))
    return name, {}


def _update(name: str, _old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
    if new["Name"] == name:  # AWS replaces it, which a name that is given forbids
        raise ValueError(f"CloudFormation cannot update {name}: rename it, as it is replaced")
    return _create(name, new, stack)


def _delete(name: str, _properties: Properties) -> None:
    glue._delete_security_configuration({"Name": name})


def _request(name: str, properties: Properties) -> dict[str, Any]:
    given = dict(properties["EncryptionConfiguration"])
    if "S3Encryptions" in given:  # the API's name has no s
        given["S3Encryption"] = given.pop("S3Encryptions")
    return {"Name": name, "EncryptionConfiguration": given}
