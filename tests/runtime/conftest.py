"""Recorded events for the tests of what functions share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EVENTS = Path(__file__).parent / "events"


@pytest.fixture(scope="session")
def event() -> Callable[[str], Any]:
    """Read a recorded event."""
    return lambda name: json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
