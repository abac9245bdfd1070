"""TPL1: nothing is deployed that was not judged here as the text that CloudFormation gets."""

from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.assembly import NESTED, STACK_SET
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Resource, Template

REFUSED: Mapping[str, str] = {
    "AWS::ServiceCatalog::CloudFormationProduct": "brings templates from a URL",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "deploys a product from elsewhere",
    "AWS::CloudFormation::Macro": "rewrites templates after they were judged",
    "AWS::CloudFormation::ModuleVersion": "brings resources from a package",
    "AWS::CloudFormation::ModuleDefaultVersion": "chooses resources from a package",
    "AWS::CloudFormation::ResourceVersion": "registers types that no rule knows",
    "AWS::Proton::ServiceTemplate": "brings templates from a bucket",
    "AWS::Proton::EnvironmentTemplate": "brings templates from a bucket",
}
# It only adds functions, and of these the ones that make resources are refused by name.
TRANSFORMS = ("AWS::LanguageExtensions",)
MAKING = ("Fn::Transform", "Fn::ForEach")


def check(template: Template) -> Iterator[Finding]:
    """Yield templates from elsewhere, modules, macros, transforms and loops."""
    document = template.document
    named = document.get("Transform") or []
    for name in named if isinstance(named, list) else [named]:
        if name not in TRANSFORMS:
            yield Finding(None, "Transform", f"{name} rewrites the template after it was judged")
    for section in ("Resources", "Outputs", "Mappings", "Conditions"):
        for holder, body in document.get(section, {}).items():
            for function in sorted(set(_making({holder: body}))):
                known = holder if section == "Resources" and holder in template.resources else None
                yield Finding(known, f"{section}.{holder}", f"{function} makes what nobody judged")
    nested = list(template.of_type(NESTED))
    for resource in nested:
        if resource.logical_id not in template.judged:
            count = sum(r.logical_id in template.judged for r in nested)
            detail = (
                f"leads to no template of this assembly: {len(nested)} nested stacks but {count}"
                " templates that were judged"
            )
            yield Finding(resource.logical_id, "Properties.TemplateURL", detail)
    for resource in template.resources.values():
        yield from _foreign(template, resource)


def _foreign(template: Template, resource: Resource) -> Iterator[Finding]:
    if resource.type.endswith("::MODULE"):
        yield Finding(resource.logical_id, "Type", "is a module: its resources are elsewhere")
    if why := REFUSED.get(resource.type):
        yield Finding(resource.logical_id, "Type", why)
    if resource.type == STACK_SET:
        where = "Properties.TemplateURL" if "TemplateURL" in resource.properties else "Properties"
        if resource.logical_id not in template.judged:
            detail = "has no TemplateBody of JSON that could be judged"
            yield Finding(resource.logical_id, where, detail)


def _making(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _making(inner)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from (function for function in MAKING if str(name).startswith(function))
            yield from _making(inner)


RULE = Rule(
    id="MlLens-TPL1",
    practice="MLOPS06-BP01",
    message="nothing may be deployed that was not judged",
    fix="define it with constructs: cdk.NestedStack, a Stage per environment, no macro",
    check=check,
    types=(NESTED, STACK_SET, *REFUSED),
    compliant=one("AWS::CloudFormation::WaitConditionHandle"),
    violating=one(STACK_SET, TemplateURL="https://example.com/stack.json"),
)
