"""For which templates a promise holds: those that have what it is about."""

from collections.abc import Iterable

import pytest

from testing.templates import Template, of_type


def skip_unless_held(kind: str, found: Template, everyones: Iterable[Template]) -> None:
    """Skip a promise about a type of resource where a template has none.

    Fails where no template at all has one: such a promise would only seem to be kept.
    """
    if of_type(found, kind):
        return
    assert any(of_type(other, kind) for other in everyones), (
        f"no architecture has a resource of the type {kind}: nothing exercises this promise; "
        "remove it, or correct the type"
    )
    pytest.skip(f"has no {kind}")


def hold_by_marks(
    request: pytest.FixtureRequest, found: Template, everyones: Iterable[Template]
) -> None:
    """Skip a test of one template unless it holds each type that a mark says it is ``about``."""
    for mark in request.node.iter_markers("about"):
        skip_unless_held(mark.args[0], found, everyones)
