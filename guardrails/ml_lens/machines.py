"""The states of a state machine, however deep they lie, and what its tasks ask for."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from guardrails.intrinsics import UnresolvableError, is_intrinsic, plain, text
from guardrails.ml_lens.patterns import arn_parts
from guardrails.ml_lens.template import Resource

MACHINE = "AWS::StepFunctions::StateMachine"
PROCESSORS = ("ItemProcessor", "Iterator")
SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class State:
    """One state, the machine, branch or map that it stands in, and if a Catch is around it."""

    name: str
    body: Mapping[str, Any]
    scope: Mapping[str, Any]
    caught: bool

    @property
    def location(self) -> str:
        """Where it stands."""
        return f"Properties.DefinitionString.States.{self.name}"

    @property
    def calls(self) -> str:
        """Return what a task calls, without its partition: ``states:::sagemaker:createModel``.

        A reference to a function or an activity calls nothing else, and is the empty text; what
        only the deployment fills in raises.
        """
        called = text(self.body.get("Resource", ""))
        if called.startswith("${"):
            raise UnresolvableError(f"what {self.name} calls is {called}")
        return ":".join(arn_parts(called)[2:])

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Return what a task passes on; an expression in its place raises."""
        passed = self.body.get("Arguments", self.body.get("Parameters", {}))
        if not isinstance(passed, Mapping) or "Parameters.$" in self.body:
            raise UnresolvableError(f"the arguments of {self.name} are an expression")
        return passed


@lru_cache(maxsize=1024)
def definition(machine: Resource) -> Mapping[str, Any]:
    """Return the definition that stands in the template, read once for all rules; else raise.

    Its substitutions are filled in: ``${Name}`` is what ``DefinitionSubstitutions`` says.
    """
    known = plain(machine.at("DefinitionSubstitutions") or {})
    written = _filled(machine.at("Definition"), known)
    if written is None:
        try:
            written = json.loads(text(machine.at("DefinitionString")))
        except ValueError:
            raise UnresolvableError("a DefinitionString is not JSON that stands in it") from None
        written = _filled(written, known)
    if not isinstance(written, Mapping) or not isinstance(written.get("States"), Mapping):
        raise UnresolvableError("a definition has no States")
    return written


def _filled(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_filled(part, known) for part in value]
    if isinstance(value, str):
        return SUBSTITUTION.sub(lambda found: _substitute(found, known), value)
    if not isinstance(value, Mapping) or is_intrinsic(value):
        return value
    return {name: _filled(part, known) for name, part in value.items()}


def _substitute(found: re.Match[str], known: Mapping[str, Any]) -> str:
    try:
        return text(known.get(found[1], found[0]))
    except UnresolvableError:
        return found[0]


def states(scope: Mapping[str, Any], *, caught: bool = False) -> Iterator[State]:
    """Yield the states of a machine, a branch or a map, and those inside of them."""
    for name, body in scope["States"].items():
        inside = caught or bool(body.get("Catch"))
        yield State(name, body, scope, inside)
        for part in (*body.get("Branches", ()), *(body[k] for k in PROCESSORS if k in body)):
            yield from states(part, caught=inside)
