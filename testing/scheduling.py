"""Which process runs which tests: the longest file first, each architecture deployed seldom."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

DURATIONS = Path(__file__).with_name("durations.json")
UNKNOWN = 0.01  # seconds for each test of a file that is not worth a line of its own
# Seconds for each test of a deployed file that is not measured yet, as is the median of those that
# are: were it the last to begin, all other workers would wait for it.
UNKNOWN_DEPLOYED = 5
DEPLOYING = 20  # seconds that a deployment takes, its cold functions and its sandbox


def file_of(nodeid: str) -> str:
    """Name the file of a test."""
    return nodeid.partition("::")[0]


def architecture_of(file: str) -> str:
    """Name the folder of the architecture that a file's tests deploy; empty for most files."""
    folder, deployed, _ = file.partition("/end_to_end/")
    return folder if deployed else ""


def expected(nodeids: list[str]) -> dict[str, float]:
    """Tell how many seconds each file of these tests is likely to take, by what was measured."""
    measured: dict[str, float] = json.loads(DURATIONS.read_text(encoding="utf-8"))
    tests = Counter(map(file_of, nodeids))
    return {file: measured.get(file, count * _unknown(file)) for file, count in tests.items()}


def _unknown(file: str) -> float:
    return UNKNOWN_DEPLOYED if architecture_of(file) else UNKNOWN


class LongestFirst(LoadScopeScheduling):  # type: ignore[misc]  # xdist says nothing of its types
    """Gives each worker that is free a whole file: of what it has deployed, else the longest.

    What is deployed mostly waits, all else mostly computes: while one worker deploys, another
    computes, unless that would leave more to the one that deploys.
    """

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        self._deployed: dict[Any, set[str]] = defaultdict(set)

    def _split_scope(self, nodeid: str) -> str:
        return file_of(nodeid)

    def _reschedule(self, node: Any) -> None:
        # xdist plans ahead from two tests on, the first of which may take a minute. From one on
        # it must: a worker runs a test only when it knows the next.
        if not self.workqueue or self._pending_of(self.assigned_work[node]) <= 1:
            super()._reschedule(node)

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(self._choice(node), last=False)
        super()._assign_work_unit(node)

    def _choice(self, node: Any) -> str:
        """Choose a file: they lie in the queue with the longest first."""
        seconds = expected([nodeid for unit in self.workqueue.values() for nodeid in unit])
        waiting: dict[str, float] = defaultdict(float)
        for file in self.workqueue:
            waiting[architecture_of(file)] += seconds[file]
        plain = waiting.pop("", 0)
        here = self._deployed[node]

        def share(architecture: str) -> float:
            """Tell what is left for each worker that deploys it, if this one did too."""
            others = [held for other, held in self._deployed.items() if other != node]
            return waiting[architecture] / (1 + sum(architecture in held for held in others))

        deploying = sum(self._deploys(other) for other in self.assigned_work if other != node)
        computing = len(self.assigned_work) - deploying
        if deploying and sum(waiting.values()) / deploying <= plain / computing:
            waiting.clear()
        worth_it = [a for a in waiting if a in here or not plain or share(a) > DEPLOYING]
        chosen = max(worth_it, key=lambda a: (a in here, share(a)), default="")
        if chosen:
            here.add(chosen)
        files: list[str] = list(self.workqueue)
        return next(file for file in files if architecture_of(file) == chosen)

    def _deploys(self, node: Any) -> bool:
        """Tell whether a worker is at the tests of what is deployed."""
        units = self.assigned_work[node].items()
        return any(architecture_of(file) and not all(done.values()) for file, done in units)
