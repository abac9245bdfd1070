"""Which worker gets which file of tests."""

from types import SimpleNamespace
from typing import Any

import pytest

from testing import scheduling
from testing.scheduling import LongestFirst, file_of

SECONDS = {
    "tests/big/end_to_end/test_a.py": 90,
    "tests/big/end_to_end/test_b.py": 80,
    "tests/big/end_to_end/test_c.py": 70,
    "tests/small/end_to_end/test_d.py": 60,
    "tests/small/end_to_end/test_e.py": 50,
    "tests/test_long.py": 5,
    "tests/test_short.py": 1,
}


class Worker:
    """Notes which tests it is told to run."""

    def __init__(self, name):
        self.gateway = SimpleNamespace(id=name)
        self.shutting_down = False
        self.told = []

    def send_runtest_some(self, indices):
        """Take tests in, after those that it was told before."""
        self.told += indices

    def shutdown(self):
        """Take no more."""
        self.shutting_down = True


@pytest.fixture
def run(monkeypatch):
    """Let workers run files of so many tests as fast as SECONDS says; gives who ran what, when."""

    def play(workers, tests=3, seconds=SECONDS):
        monkeypatch.setattr(scheduling, "expected", lambda nodeids: seconds)
        config: Any = SimpleNamespace(
            option=SimpleNamespace(loadscopereorder=False, verbose=0, maxschedchunk=None),
            getvalue=lambda name: ["popen"] * workers,
        )
        monkeypatch.setattr("xdist.scheduler.loadscope.parse_tx_spec_config", config.getvalue)
        nodeids = [f"{file}::test_{n}" for file in seconds for n in range(tests)]
        scheduler, nodes = LongestFirst(config), [Worker(str(n)) for n in range(workers)]
        for node in nodes:
            scheduler.add_node(node)
            scheduler.add_node_collection(node, nodeids)
        scheduler.schedule()
        files: dict[Worker, list[str]] = {node: [] for node in nodes}
        clock = dict.fromkeys(nodes, 0.0)

        def end(node):
            return clock[node] + seconds[file_of(nodeids[node.told[0]])] / tests

        while busy := [node for node in nodes if node.told]:
            node = min(busy, key=end)
            clock[node] = end(node)
            index = node.told.pop(0)
            file = file_of(nodeids[index])
            files[node] += [file] if file not in files[node] else []
            scheduler.mark_test_complete(node, index)
        return [[file.removeprefix("tests/") for file in files[node]] for node in nodes]

    return play


def test_every_file_is_run_once_and_by_one_worker(run):
    ran = [file for files in run(3) for file in files]
    assert sorted(ran) == sorted(file.removeprefix("tests/") for file in SECONDS)


def test_the_longest_comes_first_and_what_is_deployed_stays_with_its_worker(run):
    first, second = run(2)
    assert first[:2] == ["big/end_to_end/test_a.py", "big/end_to_end/test_b.py"]
    assert second[:2] == ["small/end_to_end/test_d.py", "small/end_to_end/test_e.py"]
    assert "test_short.py" in (first[-1], second[-1])


def test_an_architecture_with_much_to_test_is_deployed_by_more_than_one_worker(run):
    deployed = [{file[:3] for file in files if "end_to_end" in file} for files in run(3)]
    assert deployed.count({"big"}) == 2
    assert deployed.count({"sma"}) == 1


def test_while_one_worker_deploys_another_computes(run):
    computing = {f"tests/test_{number}.py": 40 for number in range(9)}
    first, second = run(2, seconds=SECONDS | computing)
    assert [file[:3] for file in first] == ["big"] * 3 + ["sma"] * 2
    assert not [file for file in second if "end_to_end" in file]


def test_no_file_waits_behind_a_long_one_while_a_worker_will_soon_be_free(run):
    ran_by = {file: worker for worker, files in enumerate(run(6, tests=2)) for file in files}
    assert ran_by["test_short.py"] == ran_by["test_long.py"]


def test_what_is_deployed_and_was_never_measured_does_not_come_last():
    new, plain = "tests/big/end_to_end/test_new.py", "tests/test_new.py"
    seconds = scheduling.expected([f"{file}::test_{n}" for file in (new, plain) for n in range(4)])
    assert seconds[new] == 4 * scheduling.UNKNOWN_DEPLOYED > scheduling.DEPLOYING / 2
    assert seconds[plain] < 1
