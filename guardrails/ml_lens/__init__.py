"""Our own rules, by the best practices of the Well-Architected Machine Learning Lens."""

from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.ahead import Ahead
from guardrails.assembly import TemplateFile
from guardrails.intrinsics import UnresolvableError
from guardrails.ml_lens.discovery import rules
from guardrails.ml_lens.rule import Finding, Rule, undecidable
from guardrails.ml_lens.template import Template, template_of
from guardrails.packs import ML_LENS
from guardrails.template_plugin import TemplatePlugin, Templates, Violation

RULES = rules()


def findings(rule: Rule, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what one rule finds in one template that stands alone."""
    yield from _found(rule, Template(document))


def _found(rule: Rule, template: Template) -> Iterator[Finding]:
    """Yield what one rule finds; what it cannot decide is a finding too."""
    try:
        yield from rule.check(template)
    except UnresolvableError as error:
        yield undecidable(None, "Resources", error)


def judge(template: Template) -> Iterator[tuple[Rule, Finding]]:
    """Yield every rule's findings in one template."""
    for rule in RULES:
        yield from ((rule, found) for found in _found(rule, template))


def inspect(file: TemplateFile) -> Iterator[Violation]:
    """Yield every rule's findings in one template of an assembly."""
    for rule, found in judge(template_of(file)):
        yield Violation(
            rule=rule.id,
            message=f"{rule.message} ({rule.practice}): {found.location} {found.detail}",
            logical_id=found.logical_id,
            location=found.location,
            fix=rule.fix,
        )


def ml_lens_plugin(templates: Templates) -> TemplatePlugin:
    """Make the plug-in that runs all rules."""
    ahead = Ahead(ML_LENS, inspect, templates)
    return TemplatePlugin(ML_LENS, "2.0.0", [rule.id for rule in RULES], ahead, templates)
