"""In which order the tests run, which process runs which, and how long they took."""

import atexit
import gc
import json
import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from testing import ahead
from testing.scheduling import DURATIONS, LongestFirst, expected, file_of

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # its name, where several run the tests

# What is imported and collected stays to the end: nothing is garbage before the first test.
gc.disable()
# A worker takes nothing apart at its end, which takes seconds. First here is last there.
if WORKER:
    atexit.register(os._exit, 0)


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Have who only hands out tests read no further conftest: they import the CDK and more."""
    if isinstance(plugin, pytest.Config) and not WORKER:
        hands_out = bool(getattr(plugin.known_args_namespace, "numprocesses", None))
        manager._noconftest = manager._noconftest or hands_out


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Have two workers compile the test modules from both ends: neither compiles all of them."""
    report = yield
    is_odd = WORKER.endswith(tuple("13579"))
    if is_odd and isinstance(collector, pytest.Session | pytest.Directory):
        report.result.reverse()
    return report


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Have no later search for garbage look at what stays, which is most of the memory."""
    gc.disable()  # where tests run pytest themselves
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Free what was frozen, or libraries say at the end that it leaks."""
    if not hasattr(config, "workerinput"):
        gc.unfreeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run say how long each file takes, by which later runs are planned."""
    parser.addoption("--record-durations", action="store_true", help=f"rewrite {DURATIONS.name}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; those that are deployed are mostly waiting."""
    seconds = expected([item.nodeid for item in items])

    def place(item: pytest.Item) -> tuple[bool, float, str]:
        file = file_of(item.nodeid)
        return "end_to_end" not in item.path.parts, -seconds[file], file

    items.sort(key=place)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst:
    """Schedule, where several processes run the tests."""
    return LongestFirst(config, log)


class Ahead:
    """Has assemblies built that the tests of this run want, as soon as these are known."""

    def __init__(self) -> None:
        self._builder: subprocess.Popen[str] | None = None

    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Begin when the first worker has collected; all collect the same."""
        self._builder = self._builder or ahead.start(dict.fromkeys(map(file_of, ids)))

    def pytest_sessionfinish(self) -> None:
        """End it, if it has not: nobody wants anything any more."""
        if self._builder:
            self._builder.kill()
            self._builder.wait()


class Recorder:
    """What the tests of each file took, fixtures included, and which assemblies they wanted."""

    def __init__(self, notes: Path) -> None:
        self._seconds: dict[str, float] = defaultdict(float)
        self._notes = notes

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one part of one test, of which its subtests are no part of their own."""
        if not isinstance(report, pytest.SubtestReport):
            self._seconds[file_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write down what is worth planning for."""
        found = {f: round(s, 1) for f, s in sorted(self._seconds.items()) if s >= 1}
        DURATIONS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        ahead.write_down(self._notes.read_text(encoding="utf-8").splitlines())


def pytest_configure(config: pytest.Config) -> None:
    """Build ahead and record, in the one process that hears of all tests."""
    if hasattr(config, "workerinput"):
        return
    if getattr(config.option, "numprocesses", None):
        config.pluginmanager.register(Ahead())
    if config.getoption("--record-durations"):
        _, notes = tempfile.mkstemp(prefix="assemblies-")
        os.environ[ahead.NOTES] = notes  # workers inherit it
        config.pluginmanager.register(Recorder(Path(notes)))
