"""What DescribeEndpoint tells of variants: their weights, and which version they serve. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_VERSION = re.compile(r"-v(\d+)-[0-9a-f]+$")


@dataclass(frozen=True, slots=True)
class CurrentVariants:
    """The weights that requests fall by now, and the model package's version, if it is told."""

    weights: Mapping[str, float]
    version: str | None


def read_variants(described: Mapping[str, Any]) -> CurrentVariants:
    """Read it. While an update shifts traffic, the version is the one that traffic comes from."""
    weights = {
        each["VariantName"]: float(each.get("CurrentWeight", 0))
        for each in described.get("ProductionVariants", ())
    }
    found = _VERSION.search(described.get("EndpointConfigName", ""))
    return CurrentVariants(weights, found[1] if found else None)
