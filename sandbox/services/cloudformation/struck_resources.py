"""Fault rules strike the calls by which CloudFormation makes and deletes resources."""

from collections.abc import Callable
from typing import Any

from sandbox.core import patching
from sandbox.faults.occasions import BOOK, SAID
from sandbox.services.cloudformation import type_actions
from sandbox.services.cloudformation.upstream import stacks

_BECAUSE = "fault rules break what CloudFormation makes and deletes"


def install() -> None:
    """Look for a rule before a resource is made or deleted."""
    patching.wrap(stacks, "_provision_resource", _breakable(type_actions.making), because=_BECAUSE)
    patching.wrap(stacks, "_delete_resource", _breakable(type_actions.ending), because=_BECAUSE)


def _breakable(action_of: Callable[[str], str | None]) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def breakable(cfn_type: str, *arguments: Any) -> Any:
            if action := action_of(cfn_type):
                _strike(action)
            return original(cfn_type, *arguments)

        return breakable

    return make


def _strike(action: str) -> None:
    """Raise what a rule says; none may delay, as all requests would wait with the stack."""
    for rule in BOOK.of("action"):
        code = rule.given.get("code")
        if code and rule.concerns(action) and rule.strikes():
            raise ValueError(f"{code} {SAID} (Service: {action.partition(':')[0]})")
