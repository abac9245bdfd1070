"""Which tests are compared with which, what a run said, and what is told of both."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.suite import runs, told, trees
from benchmarks.suite.pairs import Pairs, digest, name_of

FILES = st.sampled_from(["tests/a/test_x.py", "tests/b/test_x.py", "tests/test_y.py"])
NAMES = st.sampled_from(["test_1", "test_2[a::b]", "test_2[c]"])
IDS = st.lists(st.builds("{}::{}".format, FILES, NAMES), unique=True)


@given(IDS, IDS)
def test_what_is_paired_has_one_name_and_nothing_is_paired_twice_or_lost(before, after):
    pairs = Pairs.of(before, after)
    assert pairs.names == [name_of(one) for one in pairs.after]
    assert sorted([*pairs.before, *pairs.gone]) == sorted(before)
    assert len(set(pairs.after)) == len(pairs.after) == len(after) - pairs.new
    assert not {*map(name_of, pairs.gone)} & {*map(name_of, set(after) - set(pairs.after))}


@given(IDS)
def test_a_suite_is_paired_with_itself(ids):
    assert Pairs.of(ids, ids) == Pairs(sorted(ids), sorted(ids), [], 0)


def test_a_moved_test_is_paired_with_the_one_of_its_file_before_others():
    before = ["tests/old/test_x.py::test_1", "tests/old/test_y.py::test_1"]
    after = ["tests/new/test_y.py::test_1", "tests/new/test_x.py::test_1", "tests/z.py::test_3"]
    pairs = Pairs.of(before, after)
    assert pairs.after == ["tests/new/test_x.py::test_1", "tests/new/test_y.py::test_1"]
    assert (pairs.gone, pairs.new) == ([], 1)


def test_a_name_that_is_gone_is_named():
    assert Pairs.of(["t.py::test_1", "t.py::test_2"], ["t.py::test_2"]).gone == ["t.py::test_1"]


@given(st.lists(st.text(), unique=True), st.randoms())
def test_names_are_hashed_in_any_order(names, random):
    shuffled = list(names)
    random.shuffle(shuffled)
    assert digest(names) == digest(shuffled)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("....\n2981 passed in 41.21s\n", (2981, 0)),
        ("FAILED t\n= 1 failed, 20 passed, 3 skipped, 2 errors in 60s (0:01:00) =\n", (20, 6)),
        ("20 passed in the middle\nInterrupted", (20, 0)),
        ("", (0, 0)),
    ],
)
def test_outcomes_are_read_of_the_last_line(text, found):
    assert runs.outcomes(text) == found


@pytest.fixture
def tree(tmp_path):
    """Make a tree with an installation, two tests, and what an earlier run left."""
    made = tmp_path / "tree"
    made.mkdir()
    (made / ".venv").symlink_to(trees.ROOT / ".venv")
    (made / "node_modules" / "__pycache__").mkdir(parents=True)
    (made / ".build" / "assemblies").mkdir(parents=True)
    (made / "tests" / "__pycache__").mkdir(parents=True)
    (made / "tests" / "test_two.py").write_text(
        "def test_good(): assert bytearray(60 << 20)\ndef test_bad(): assert False\n"
    )
    return made


def test_the_chosen_tests_run_without_caches_and_are_counted(tree):
    ids = runs.collected(tree)
    assert ids == ["tests/test_two.py::test_good", "tests/test_two.py::test_bad"]
    run = runs.run(tree, ids[:1], "1")
    assert (run.passed, run.others) == (1, 0)
    assert run.seconds > 0
    assert run.peak_mib > 1
    assert runs.run(tree, ids, "1").others == 1


def test_an_installation_is_no_cache(tree):
    runs.without_caches(tree)
    assert not (tree / ".build").exists()
    assert not (tree / "tests" / "__pycache__").exists()
    assert (tree / "node_modules" / "__pycache__").exists()


def test_memory_is_that_of_all_processes_below():
    program = "import sys; held = bytearray(64 << 20); print(flush=True); sys.stdin.read()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}])"
    words = [sys.executable, "-c", parent]
    with subprocess.Popen(  # noqa: S603 (our own text, three lines up)
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        held = runs.memory_mib(process.pid)
        process.stdin.close()
    assert 64 < held < 200


def test_an_installation_is_linked_where_the_locks_are_the_same(tmp_path):
    tree, same, other = (tmp_path / name for name in ("tree", "same", "other"))
    for place, text in ((tree, "a"), (same, "a"), (other, "b")):
        for folder in trees.INSTALLED:
            (place / folder).mkdir(parents=True)
        for lock in trees.LOCKS:
            (place / lock).write_text(text)
    for folder in trees.INSTALLED:
        (tree / folder).rmdir()
    trees.install(tree, [other, same])
    assert (tree / ".venv").resolve() == same / ".venv"
    assert (tree / "node_modules").resolve() == same / "node_modules"


def test_a_clone_is_at_its_commit_and_has_what_this_tree_has_installed(tmp_path):
    tree = trees.clone("HEAD", tmp_path)
    assert trees.commit_of(tree) == trees.commit_of(trees.ROOT)
    assert (tree / ".venv" / "bin" / "python").exists()


def test_both_sides_and_their_ratio_are_told():
    pairs = Pairs(["t.py::test_1"], ["u.py::test_1"], ["t.py::test_2"], 3)
    sides = {"aaa": runs.Run(900, 4000, 1, 0), "bbb": runs.Run(360, 3000, 1, 0)}
    text = told(pairs, sides, "2")
    assert "1 tests with 2 workers" in text
    assert "| `aaa` | 1 | 0 | 900 s | 4,000 |" in text
    assert "| ratio |  |  | 0.40 | 0.75 |" in text
