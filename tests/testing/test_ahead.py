"""Which assemblies are built before a test wants them, and in which order."""

import io
import json
import os

import pytest

from testing import ahead, assemblies
from testing.assemblies import Assemblies

DEPLOYED, PLAIN = "tests/a/end_to_end/test_it.py", "tests/a/test_it.py"
FIRST, SECOND, THIRD = ({"only": [name]} for name in "ABC")


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """Keep the list of a test, which wants nothing so far."""
    monkeypatch.setattr(ahead, "WANTED", tmp_path / "assemblies.json")

    def want(**files):
        notes = [json.dumps([file, said]) for file, each in files.items() for said in each]
        ahead.write_down(notes)

    want()
    return want


def test_those_come_first_that_either_worker_wants_first(listed):
    listed(**{PLAIN: [FIRST, SECOND], DEPLOYED: [THIRD, FIRST], "tests/b/test_it.py": [SECOND]})
    assert ahead.wanted([DEPLOYED, PLAIN, "tests/c.py"]) == [THIRD, FIRST, SECOND]
    assert ahead.wanted(["tests/b/test_it.py"]) == [SECOND]


def test_who_wants_none_starts_nothing(listed):
    assert ahead.start([PLAIN]) is None


def test_what_a_test_asks_for_is_noted_where_a_run_is_recorded(
    listed, monkeypatch, tmp_path, built
):
    notes = tmp_path / "notes"
    monkeypatch.setenv(ahead.NOTES, str(notes))
    monkeypatch.setenv("PYTEST_CURRENT_TEST", f"{PLAIN}::test_it (setup)")
    for _ in range(2):
        Assemblies(tmp_path / "kept").build(only=["A"], stage=None)
    ahead.write_down(notes.read_text().splitlines())
    assert ahead.wanted([PLAIN]) == [FIRST]


@pytest.fixture
def told(monkeypatch):
    """Give the builder its list as its parent does; the processor is not yielded here."""
    monkeypatch.setattr(os, "nice", lambda more: None)
    monkeypatch.setattr(ahead, "ROOT", assemblies.ROOT)

    def tell(parent, *arguments):
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps([parent, arguments])))
        ahead.main()

    return tell


def test_what_it_builds_is_there_for_the_test_that_wants_it(told, built, tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "ROOT", tmp_path)
    told(os.getppid(), FIRST, SECOND)
    kept = Assemblies(tmp_path / ".build" / "assemblies")
    assert kept.build(only=["A"]).is_dir()
    assert built == [FIRST, SECOND]


def test_what_a_test_is_at_is_left_to_it(built, tmp_path):
    kept = Assemblies(tmp_path)
    place = kept.build(only=["A"])
    place.rmdir()
    with assemblies._alone(place.with_suffix(".lock")):
        kept.build_unless_begun(only=["A"])
    assert built == [FIRST]


def test_a_test_does_not_wait_for_what_is_built_ahead(built, tmp_path, monkeypatch):
    kept = Assemblies(tmp_path)
    places = []

    def meanwhile(made):
        monkeypatch.setattr(assemblies, "gate", lambda judged: None)
        places.append(kept.build(only=["A"]))

    monkeypatch.setattr(assemblies, "gate", meanwhile)
    kept.build_unless_begun(only=["A"])
    assert built == [FIRST, FIRST]
    assert places == [kept.build(only=["A"])]


def test_it_ends_with_its_parent(told, built):
    told(0, FIRST)
    assert built == []
