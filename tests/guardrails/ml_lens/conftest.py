"""Run one rule over a template that is written as its resources only."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from guardrails.ml_lens import findings
from guardrails.ml_lens.rule import Finding, Rule

Found = Callable[..., list[Finding]]


@pytest.fixture
def found() -> Found:
    """Return what a rule finds; a resource is (type, properties)."""

    def run(rule: Rule, **resources: tuple[str, Mapping[str, Any]]) -> list[Finding]:
        body = {name: {"Type": t, "Properties": p} for name, (t, p) in resources.items()}
        return list(findings(rule, {"Resources": body}))

    return run


@pytest.fixture
def found_in() -> Callable[[Rule, Mapping[str, Any]], list[Finding]]:
    """Return what a rule finds in a template that is given by its resources."""
    return lambda rule, resources: list(findings(rule, {"Resources": resources}))
