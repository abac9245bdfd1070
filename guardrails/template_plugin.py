"""A CDK plug-in that reads every synthesized template, and lets none pass unread."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from guardrails.assembly import nested_templates


@dataclass(frozen=True)
class Violation:
    """One broken rule; without a logical id it is about the template as a whole."""

    rule: str
    message: str
    logical_id: str | None
    location: str
    fix: str | None = None


Inspect = Callable[[Path, dict[str, Any]], Iterable[Violation]]


@jsii.implements(IPolicyValidationPlugin)
class TemplatePlugin:
    """Runs one inspection over every template, and remembers which templates it finished."""

    def __init__(self, name: str, version: str, rule_ids: Sequence[str], inspect: Inspect) -> None:
        self._name, self._version = name, version
        self._rule_ids, self._inspect = list(rule_ids), inspect
        self.read: set[Path] = set()

    @property
    def name(self) -> str:
        """The plug-in's name: the first half of the ids that acknowledge its findings."""
        return self._name

    @property
    def version(self) -> str:
        """The version that the report shows."""
        return self._version

    @property
    def rule_ids(self) -> list[str]:
        """Every rule that it can report."""
        return self._rule_ids

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Report every violation; a crash is a violation of every stack.

        CDK's command line passes a plug-in that raises, and its library passes a violation that
        names no resource: so both are turned into one that names each stack.
        """
        violations: list[PolicyViolation] = []
        stacks = {Path(s.template_path): s.stack_construct_path for s in context.stack_templates}
        try:
            for top in sorted({Path(path) for path in context.template_paths} | set(stacks)):
                for path in (top, *nested_templates(top)):
                    for violation in self._inspect(path, json.loads(path.read_text("utf-8"))):
                        violations.append(_for_cdk(violation, path, stacks.get(top)))
                    self.read.add(path.resolve())
        except Exception as error:
            violations += [
                PolicyViolation(
                    rule_name=f"{self._name}-CRASH",
                    description=f"the rule engine failed, so nothing is proven: {error!r}",
                    severity="fatal",
                    violating_resources=[
                        PolicyViolatingResource(construct_path=path, locations=[])
                    ],
                )
                for path in stacks.values()
            ]
            if not stacks:
                raise
        return PolicyValidationPluginReport(success=not violations, violations=violations)


def _for_cdk(violation: Violation, path: Path, stack: str | None) -> PolicyViolation:
    if violation.logical_id is None:
        place = PolicyViolatingResource(construct_path=stack, locations=[violation.location])
    else:
        place = PolicyViolatingResource(
            resource_logical_id=violation.logical_id,
            template_path=str(path),
            locations=[violation.location],
        )
    return PolicyViolation(
        rule_name=violation.rule,
        description=violation.message,
        fix=violation.fix,
        severity="error",
        violating_resources=[place],
    )
