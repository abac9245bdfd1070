"""Every architecture by name, and how to load one without loading the others."""

import importlib
import re
from collections.abc import Sequence
from typing import Any

# By name, the package that holds ``settings.py`` with the class Name, which types the section of
# config/*.toml, and ``stack.py`` with the class NameStack.
ARCHITECTURES = {
    "RetailDemographics": "stacks.retail_demographics",
    "ServiceChain": "stacks.service_chain",
}


def settings_of(name: str) -> Any:
    """Import the class that types the settings of an architecture."""
    return getattr(importlib.import_module(f"{ARCHITECTURES[name]}.settings"), name)


def stack_of(name: str) -> Any:
    """Import the stack class of an architecture."""
    return getattr(importlib.import_module(f"{ARCHITECTURES[name]}.stack"), f"{name}Stack")


def snake_case(name: str) -> str:
    """Return what folders and files are called for a name: ``data_lake`` for ``DataLake``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def known(names: Sequence[str]) -> list[str]:
    """Return names of architectures in the order of the registry; raise ValueError for others."""
    unknown = sorted(set(names) - set(ARCHITECTURES))
    if unknown:
        raise ValueError(
            f"{', '.join(unknown)}: no such architecture; allowed: {', '.join(ARCHITECTURES)}; "
            "name some of these, separated by commas, or none for all"
        )
    return [name for name in ARCHITECTURES if name in names]
