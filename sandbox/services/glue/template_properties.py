"""AWS::Glue: the only catalog is the account's own."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.core.upstream import responses

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    for kind in ("Database", "Partition", "Table"):
        emulator.after_create(
            f"AWS::Glue::{kind}",
            _in_own_catalog,
            because="a catalog other than the account's is dropped, and would be this one",
        )


def _in_own_catalog(_name: str, properties: Properties, _attributes: Properties) -> None:
    catalog, own = properties.get("CatalogId"), responses.get_account_id()
    if catalog not in (None, own):
        raise ValueError(f"catalog {catalog} is not the sandbox's; the only one is {own}")
