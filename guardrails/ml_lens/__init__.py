"""Our own rules, by the best practices of the Well-Architected Machine Learning Lens."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from guardrails.ml_lens import (
    bounded_retention,
    bucket_keys,
    confused_deputy,
    customer_keys,
    dead_letters,
    log_retention,
    machine_errors,
    machine_logs,
    nothing_public,
    portable,
    scoped_actions,
    tls_only,
    watched_dead_letters,
)
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template, UnresolvableError
from guardrails.packs import ML_LENS
from guardrails.template_plugin import TemplatePlugin, Violation

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        customer_keys,
        bucket_keys,
        tls_only,
        bounded_retention,
        scoped_actions,
        confused_deputy,
        nothing_public,
        log_retention,
        machine_logs,
        dead_letters,
        watched_dead_letters,
        machine_errors,
        portable,
    )
)


def findings(rule: Rule, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what one rule finds in one template; what it cannot decide is a finding too."""
    try:
        yield from rule.check(Template(document))
    except UnresolvableError as error:
        yield Finding(None, "Resources", f"cannot be decided: {error}; write the value itself")


def inspect(_path: Path, document: dict[str, Any]) -> Iterator[Violation]:
    """Yield every rule's findings in one template."""
    for rule in RULES:
        for found in findings(rule, document):
            yield Violation(
                rule=rule.id,
                message=f"{rule.message} ({rule.practice}): {found.location} {found.detail}",
                logical_id=found.logical_id,
                location=found.location,
                fix=rule.fix,
            )


def ml_lens_plugin() -> TemplatePlugin:
    """Make the plug-in that runs all rules."""
    return TemplatePlugin(ML_LENS, "1.0.0", [rule.id for rule in RULES], inspect)
