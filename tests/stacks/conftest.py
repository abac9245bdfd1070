"""Templates by architecture, for promises that say with a mark what they are about."""

import pytest

from stacks.registry import ARCHITECTURES
from testing.promises import skip_unless_held


@pytest.fixture(params=ARCHITECTURES)
def found(request, template):
    """Give one architecture's template; a test marked ``about`` a type gets those that have it."""
    found = template(request.param)
    for mark in request.node.iter_markers("about"):
        skip_unless_held(mark.args[0], found, map(template, ARCHITECTURES))
    return found
