"""In which order the tests run, and which process runs which."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is deployed: it takes longest, and most of that is waiting."""
    items.sort(key=lambda item: "end_to_end" not in item.path.parts)


class ByArchitecture(LoadScopeScheduling):
    """Gives all that an architecture deploys to one worker, and otherwise file by file."""

    def _split_scope(self, nodeid: str) -> str:
        file, end_to_end, _ = nodeid.partition("::")[0].partition("end_to_end")
        return file + end_to_end


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByArchitecture:
    """Schedule, where several processes run the tests."""
    return ByArchitecture(config, log)
