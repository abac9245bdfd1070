"""The states of a state machine, however deep they lie, and what its tasks ask for."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.intrinsics import UnresolvableError, text
from guardrails.ml_lens.template import Resource

PROCESSORS = ("ItemProcessor", "Iterator")


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
        """Return what a task calls, without its partition: ``states:::sagemaker:createModel``."""
        return str(self.body.get("Resource", "")).partition(":")[2].partition(":")[2]

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Return what a task passes on; an expression in its place raises."""
        passed = self.body.get("Arguments", self.body.get("Parameters", {}))
        if not isinstance(passed, Mapping):
            raise UnresolvableError(f"the arguments of {self.name} are an expression")
        return passed


def definition(machine: Resource) -> Mapping[str, Any]:
    """Return the definition that stands in the template; one from elsewhere raises."""
    written = machine.at("Definition")
    if written is None:
        try:
            written = json.loads(text(machine.at("DefinitionString")))
        except ValueError:
            raise UnresolvableError("a DefinitionString is not JSON that stands in it") from None
    if not isinstance(written, Mapping) or not isinstance(written.get("States"), Mapping):
        raise UnresolvableError("a definition has no States")
    return written


def states(scope: Mapping[str, Any], *, caught: bool = False) -> Iterator[State]:
    """Yield the states of a machine, a branch or a map, and those inside of them."""
    for name, body in scope["States"].items():
        inside = caught or bool(body.get("Catch"))
        yield State(name, body, scope, inside)
        for part in (*body.get("Branches", ()), *(body[k] for k in PROCESSORS if k in body)):
            yield from states(part, caught=inside)
