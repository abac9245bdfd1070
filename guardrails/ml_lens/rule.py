"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from guardrails.intrinsics import UnresolvableError
from guardrails.ml_lens.template import Resource, Template

Examples = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Finding:
    """One resource (or, without an id, the template) that breaks a rule, and where."""

    logical_id: str | None
    location: str
    detail: str


@dataclass(frozen=True)
class Rule:
    """A check with its id, the ML Lens best practice behind it, its message and its remedy.

    ``types`` are the CloudFormation types that it reads, beside the policies of any type.
    ``compliant`` and ``violating`` are the resources of one template each, which the tests run and
    the page shows. ``beyond`` names the rules of public packs that it goes further than. ``check``
    raises ``UnresolvableError`` where only the deployment knows the answer; that counts as a
    finding, since nobody could prove the opposite.
    """

    id: str
    practice: str
    message: str
    fix: str
    check: Callable[[Template], Iterator[Finding]]
    types: tuple[str, ...] = ()
    compliant: Examples = field(default_factory=dict)
    violating: Examples = field(default_factory=dict)
    beyond: tuple[str, ...] = ()


def per_resource(
    types: Iterable[str], check: Callable[[Template, Resource], Iterator[Finding]]
) -> Callable[[Template], Iterator[Finding]]:
    """Run a check over each resource of some types, so that one open value hides no other."""
    wanted = tuple(types)

    def check_all(template: Template) -> Iterator[Finding]:
        for resource in template.of_type(*wanted):
            try:
                yield from check(template, resource)
            except UnresolvableError as error:
                yield undecidable(resource.logical_id, "Properties", error)

    return check_all


def undecidable(logical_id: str | None, location: str, error: UnresolvableError) -> Finding:
    """Make the finding about a value that nobody can know before the deployment."""
    return Finding(logical_id, location, f"cannot be decided: {error}; write the value itself")
