"""Conditions on where a stack is deployed."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.core.upstream import responses
from sandbox.services.cloudformation.upstream import changesets, engine, handlers, stacks

_UNKNOWN = "a condition on a pseudo parameter compares its name, not its value"
Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, bool]]


def install() -> None:
    """Let conditions know the pseudo parameters that every stack has."""
    for module in (engine, changesets, handlers, stacks):  # the others imported it by name
        patching.wrap(module, "_evaluate_conditions", _knowing, because=_UNKNOWN)


def _knowing(original: Judge) -> Judge:
    def evaluate(template: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, bool]:
        pseudo = {
            "AWS::AccountId": responses.get_account_id(),
            "AWS::Partition": "aws",
            "AWS::Region": responses.get_region(),
            "AWS::URLSuffix": "amazonaws.com",
        }
        values = {name: {"Value": value} for name, value in pseudo.items()}
        return original(template, {**values, **params})

    return evaluate
