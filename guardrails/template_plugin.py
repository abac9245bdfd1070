"""A CDK plug-in that reads every synthesized template, and lets none pass unread."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from guardrails.assembly import MANIFEST, TemplateFile, set_aside


@dataclass(frozen=True)
class Violation:
    """One broken rule; without a logical id it is about the template as a whole."""

    rule: str
    message: str
    logical_id: str | None
    location: str
    fix: str | None = None


Inspect = Callable[[TemplateFile], Iterable[Violation]]


class Templates:
    """The templates of one synthesis, each parsed once for all plug-ins."""

    def __init__(self, outdir: Path | None = None) -> None:
        self._outdir = outdir
        self._trees: dict[Path, tuple[int, list[TemplateFile]]] = {}
        self._bodies = Path(tempfile.mkdtemp(prefix="guardrails-"))
        self._told: list[Callable[[TemplateFile], None]] = []
        weakref.finalize(self, shutil.rmtree, self._bodies, ignore_errors=True)

    def when_read(self, tell: Callable[[TemplateFile], None]) -> None:
        """Have somebody told of each template as soon as it is read."""
        self._told.append(tell)

    def begin(self) -> None:
        """Put the assembly out of the reach of deployments, until the gate passes it."""
        if self._outdir is not None and (self._outdir / MANIFEST).exists():
            set_aside(self._outdir)

    def files(self) -> Sequence[TemplateFile]:
        """Return all that was read."""
        return [file for _, files in self._trees.values() for file in files]

    def below(self, top: Path) -> Sequence[TemplateFile]:
        """Return the template of a stack, and all that it brings along."""
        written = top.stat().st_mtime_ns
        if self._trees.get(top, (None, []))[0] != written:
            files = [file for nested in TemplateFile(top).tree() for file in self._with(nested)]
            self._trees[top] = written, files
            for file in files:
                for tell in self._told:
                    tell(file)
        return self._trees[top][1]

    def _with(self, file: TemplateFile) -> Iterator[TemplateFile]:
        yield file
        for name, body in file.bodies():
            path = Path(self._bodies, f"{file.path.name}.{name}.template.json")
            path.write_text(body, "utf-8")
            yield TemplateFile(path, file, name)


@jsii.implements(IPolicyValidationPlugin)
class TemplatePlugin:
    """Runs one inspection over every template, and remembers which templates it finished."""

    def __init__(
        self,
        name: str,
        version: str,
        rule_ids: Sequence[str],
        inspect: Inspect,
        templates: Templates,
    ) -> None:
        self._name, self._version = name, version
        self._rule_ids, self._inspect = list(rule_ids), inspect
        self._templates = templates
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
        self._templates.begin()
        violations: list[PolicyViolation] = []
        stacks = {Path(s.template_path): s.stack_construct_path for s in context.stack_templates}
        try:
            tops = sorted({Path(path) for path in context.template_paths} | set(stacks))
            for top, files in [(top, self._templates.below(top)) for top in tops]:
                for file in files:
                    for violation in self._inspect(file):
                        violations.append(_for_cdk(violation, file, stacks.get(top)))
                    self.read.add(file.path.resolve())
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


def _for_cdk(violation: Violation, file: TemplateFile, stack: str | None) -> PolicyViolation:
    message, logical_id, where = violation.message, violation.logical_id, file
    if file.parent and not file.path.is_relative_to(file.top().path.parent):
        # The template is a text inside of a StackSet: CDK knows nothing of its resources.
        message = f"in the template of {file.brought_by}, {logical_id or 'as a whole'}: {message}"
        logical_id, where = file.brought_by, file.parent
    if logical_id is None:
        place = PolicyViolatingResource(construct_path=stack, locations=[violation.location])
    else:
        place = PolicyViolatingResource(
            resource_logical_id=logical_id,
            template_path=str(where.path),
            locations=[violation.location],
        )
    return PolicyViolation(
        rule_name=violation.rule,
        description=message,
        fix=violation.fix,
        severity="error",
        violating_resources=[place],
    )
