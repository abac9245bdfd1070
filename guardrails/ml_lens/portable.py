"""PORT1: a template says nothing about where it is deployed, so it can be deployed anywhere."""

import re
from collections.abc import Iterator
from typing import Any

from guardrails.intrinsics import leaves, resolved
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template

LITERALS = {
    "partition": re.compile(r"\barn:aws(-[a-z-]+)?:"),
    "region": re.compile(
        r"(?<![a-z0-9-])(us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(-gov|-iso[a-z]?)?(-de)?"
        r"-(north|south|east|west|central|(north|south)(east|west))-\d(?![0-9])"
    ),
    "account": re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])"),
}
# Not deployed, or looked up by region instead of fixed to one.
NOT_FIXED = {
    "Metadata": "only tools read it",
    "Description": "only people read it",
    "Parameters": "what matters is who refers to them",
    "Conditions": "a condition is how a template tells one region from another",
    "Mappings": "a mapping is how a template looks something up by region",
    "Rules": "the bootstrap check holds versions",
}
NOT_FIXED_IN_RESOURCE = {"Metadata": "only tools read it", "Type": "a type is no place"}


def check(template: Template) -> Iterator[Finding]:
    """Yield each literal partition, Region and account."""
    parameters = template.document.get("Parameters", {})
    defaults = {name: body.get("Default", "") for name, body in parameters.items()}
    mappings = template.document.get("Mappings", {})
    for section, body in template.document.items():
        if section == "Resources":
            for name, resource in body.items():
                deployed = {k: v for k, v in resource.items() if k not in NOT_FIXED_IN_RESOURCE}
                yield from _literals(resolved(deployed, defaults, mappings), name, "")
        elif section not in NOT_FIXED:
            yield from _literals(resolved(body, defaults, mappings), None, section)


def _literals(value: Any, logical_id: str | None, path: str) -> Iterator[Finding]:
    for place, leaf in leaves(value, path):
        for what, pattern in LITERALS.items():
            if found := pattern.search(leaf):
                yield Finding(logical_id, place, f"{found[0]!r} is a literal {what}")


RULE = Rule(
    id="MlLens-PORT1",
    practice="MLOPS06-BP01",
    message="nothing may be tied to one partition, Region or account",
    fix="use Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID, or stack.format_arn",
    check=check,
    compliant=one("AWS::SSM::Parameter", Value={"Ref": "AWS::Region"}),
    violating=one("AWS::SSM::Parameter", Value="-".join(("eu", "west", "1"))),
)
