"""What DescribeEndpoint tells of variants: their weights, and which version they serve. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# One version, or the champion's and its challenger's, behind the endpoint's own name.
_VERSIONS = re.compile(r"-v(\d+)(?:-v(\d+))?-[0-9a-f]+")
CHAMPION, CHALLENGER = "Champion", "Challenger"


@dataclass(frozen=True, slots=True)
class CurrentVariants:
    """The weights that requests fall by now, and versions of model packages that are told."""

    weights: Mapping[str, float]
    versions: Mapping[str, str]
    is_updating: bool = False


def read_variants(described: Mapping[str, Any]) -> CurrentVariants:
    """Read it. While an update shifts traffic, versions are those that traffic comes from."""
    weights = {
        each["VariantName"]: float(each.get("CurrentWeight", 0))
        for each in described.get("ProductionVariants", ())
    }
    own = described.get("EndpointConfigName", "").removeprefix(described.get("EndpointName", ""))
    found = _VERSIONS.fullmatch(own)
    told = zip((CHAMPION, CHALLENGER), found.groups() if found else (), strict=False)
    versions = {variant: version for variant, version in told if version}
    return CurrentVariants(weights, versions, described.get("EndpointStatus") == "Updating")
