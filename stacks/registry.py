"""Every architecture by name, and how to load one without loading the others."""

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True)
class Architecture:
    """The package of an architecture, and by input the architecture that it comes from.

    The package holds ``settings.py`` with the class Name, which types the section of config/*.toml,
    and ``stack.py`` with the class NameStack. Its ``contracts.py`` has a function ``offers``, if
    it feeds others, and a class ``Inputs``, if others feed it: see ``inputs_of``.
    """

    package: str
    inputs: Mapping[str, str] = field(default_factory=dict)


ARCHITECTURES = {
    "RetailDemographics": Architecture("stacks.retail_demographics"),
    "ServiceChain": Architecture("stacks.service_chain"),
    "DataLake": Architecture("stacks.data_lake", inputs={"detections": "RetailDemographics"}),
    "ModelTraining": Architecture(
        "stacks.model_training",
        inputs=dict.fromkeys(("features_ready", "manifests", "training_rows"), "DataLake"),
    ),
    "ModelHosting": Architecture(
        "stacks.model_hosting",
        inputs=dict.fromkeys(
            ("package_group", "package_news", "model_files", "retraining"), "ModelTraining"
        ),
    ),
}


def settings_of(name: str) -> Any:
    """Import the class that types the settings of an architecture."""
    return getattr(_module(name, "settings"), name)


def stack_of(name: str) -> Any:
    """Import the stack class of an architecture."""
    return getattr(_module(name, "stack"), f"{name}Stack")


def inputs_of(name: str, stack_name: Callable[[str], str]) -> dict[str, Any]:
    """Return the argument ``inputs`` of a stack that others feed, or nothing for any other.

    It is made of the contracts that ``offers(stack_name=…)`` of each producer returns, by name.
    Only modules of contracts are imported, whether or not a producer is built as well. Raises
    TypeError for a contract of another kind than the consumer's ``Inputs`` ask for.
    """
    found = {}
    for key, producer in ARCHITECTURES[name].inputs.items():
        offers = _module(producer, "contracts").offers(stack_name=stack_name(producer))
        found[key] = getattr(offers, key)
    if not found:
        return {}
    kind = _module(name, "contracts").Inputs
    wanted = get_type_hints(kind)
    for each in fields(kind):
        if not isinstance(found.get(each.name), wanted[each.name]):
            raise TypeError(
                f"{name} is given {found.get(each.name)!r} as {each.name}; allowed: "
                f"{wanted[each.name].__name__}; change the architecture's line in the registry"
            )
    return {"inputs": kind(**found)}


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


def _module(name: str, part: str) -> Any:
    return importlib.import_module(f"{ARCHITECTURES[name].package}.{part}")
