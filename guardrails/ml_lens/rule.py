"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardrails.ml_lens.template import Template


@dataclass(frozen=True)
class Finding:
    """One resource (or, without an id, the template) that breaks a rule, and where."""

    logical_id: str | None
    location: str
    detail: str


@dataclass(frozen=True)
class Rule:
    """A check with its id, the ML Lens best practice behind it, its message and its remedy.

    ``check`` raises ``UnresolvableError`` where only the deployment knows the answer; that counts
    as a finding, since nobody could prove the opposite.
    """

    id: str
    practice: str
    message: str
    fix: str
    check: Callable[[Template], Iterator[Finding]]
