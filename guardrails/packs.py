"""The rule packs by name, and which of them are on unless a setting says otherwise."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_cdk import IPolicyValidationPlugin
from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NIST80053R5Checks,
    PCIDSS321Checks,
    ServerlessChecks,
)

ML_LENS = "MlLens"
CLOUDFORMATION = "CloudFormation"

# The keys are the plug-ins' own names: they are the first half of every acknowledged id.
NAG_PACKS: Mapping[str, Callable[..., Any]] = {
    "AwsSolutions": AwsSolutionsChecks,
    "NIST.800.53.R5": NIST80053R5Checks,
    "Serverless": ServerlessChecks,
    "HIPAA.Security": HIPAASecurityChecks,
    "PCI.DSS.321": PCIDSS321Checks,
}
DEFAULT_PACKS = ("AwsSolutions", "NIST.800.53.R5", "Serverless")
ALL_PACKS = tuple(NAG_PACKS)
ALWAYS_ON = (ML_LENS, CLOUDFORMATION)


def make_pack(name: str) -> IPolicyValidationPlugin:
    """Make the cdk-nag pack of that name."""
    pack: IPolicyValidationPlugin = NAG_PACKS[name](verbose=True)
    return pack


def with_defaults(names: Sequence[str]) -> tuple[str, ...]:
    """Return the default packs and those named besides them; raise ``ValueError`` for no pack."""
    for name in names:
        if name not in NAG_PACKS:
            raise ValueError(
                f"unknown rule pack {name!r}: use any of {', '.join(NAG_PACKS)}"
                f" ({' and '.join(ALWAYS_ON)} are always on)"
            )
    return tuple(name for name in NAG_PACKS if name in {*DEFAULT_PACKS, *names})
