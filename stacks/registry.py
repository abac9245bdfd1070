"""Every architecture by name, and how to load one without loading the others."""

import importlib
from collections.abc import Sequence
from typing import Any

ARCHITECTURES = {
    "RetailDemographics": "stacks.retail_demographics:RetailDemographicsStack",
    "ServiceChain": "stacks.service_chain:ServiceChainStack",
}


def load(name: str) -> Any:
    """Import the stack class of an architecture."""
    module, _, attribute = ARCHITECTURES[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def known(names: Sequence[str]) -> list[str]:
    """Return names of architectures in the order of the registry; raise ValueError for others."""
    unknown = sorted(set(names) - set(ARCHITECTURES))
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: no such architecture; allowed: {', '.join(ARCHITECTURES)}; "
            "name some of these, separated by commas, or none for all"
        )
    return [name for name in ARCHITECTURES if name in names]
