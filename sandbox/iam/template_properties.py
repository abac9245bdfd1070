"""AWS::IAM: the permissions boundary, which the emulator drops."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.iam.upstream import iam

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    because = "the permissions boundary is dropped"
    emulator.after_create("AWS::IAM::Role", _boundary_of(iam._roles), because=because)
    emulator.after_create("AWS::IAM::User", _boundary_of(iam._users), because=because)


def _boundary_of(store: Any) -> emulator.Apply:
    def finish(name: str, properties: Properties, _attributes: Properties) -> None:
        boundary = properties.get("PermissionsBoundary")
        if boundary:
            store[name]["PermissionsBoundary"] = boundary
        else:
            store[name].pop("PermissionsBoundary", None)

    return finish
