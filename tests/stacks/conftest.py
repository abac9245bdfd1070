"""Templates by architecture, for promises that say with a mark what they are about."""

import pytest

from stacks.registry import ARCHITECTURES
from testing.promises import hold_by_marks


@pytest.fixture(params=ARCHITECTURES)
def found(request, template):
    """Give one architecture's template; a test marked ``about`` a type gets those that have it."""
    found = template(request.param)
    hold_by_marks(request, found, map(template, ARCHITECTURES))
    return found
