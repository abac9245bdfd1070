"""A plug-in of pytest: of all tests run those whose ids a file lists, in the suite's own order."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop what is not listed in the file that ``CHOSEN_TESTS`` names."""
    chosen = set(Path(os.environ["CHOSEN_TESTS"]).read_text(encoding="utf-8").splitlines())
    dropped = [item for item in items if item.nodeid not in chosen]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item.nodeid in chosen]
