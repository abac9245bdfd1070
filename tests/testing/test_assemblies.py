"""When an assembly is built, and when one that was built before is used."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from testing import assemblies
from testing.assemblies import FORGOTTEN_AFTER, Assemblies


def test_an_assembly_is_built_once_for_all_who_want_it_at_the_same_time(built, tmp_path):
    kept = [Assemblies(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(lambda one: one.build(only=["A"]), kept))
    assert built == [{"only": ["A"]}]
    assert len(places) == 1
    assert places.pop().is_dir()


@pytest.mark.parametrize("variable", assemblies.VARIABLES)
def test_other_arguments_or_another_environment_make_another(
    built, tmp_path, monkeypatch, variable
):
    kept = Assemblies(tmp_path)
    places = {kept.build(only=["A"]), kept.build(only=["A"], stage="prod")}
    monkeypatch.setenv(variable, "other")
    places.add(kept.build(only=["A"]))
    assert len(built) == len(places) == 3


def test_what_is_made_of_other_sources_is_built_anew(built, tmp_path, monkeypatch):
    source = tmp_path / "cdk.json"
    monkeypatch.setattr(assemblies, "ROOT", tmp_path)
    for text in ("{}", "{ }"):
        source.write_text(text)
        Assemblies(tmp_path / "kept").build(only=["A"])
        Assemblies(tmp_path / "kept").build(only=["A"])
    assert len(built) == 2


def test_what_the_gate_refuses_is_not_kept(built, tmp_path, monkeypatch):
    def refuse(built_app):
        raise RuntimeError("refused")

    with monkeypatch.context() as closed:
        closed.setattr(assemblies, "gate", refuse)
        for _ in range(2):
            with pytest.raises(RuntimeError, match="refused"):
                Assemblies(tmp_path).build(only=["A"])
    Assemblies(tmp_path).build(only=["A"])
    assert len(built) == 3


def test_what_other_sources_made_long_ago_is_removed(built, tmp_path):
    old, recent = tmp_path / "old", tmp_path / "recent"
    for folder, age in ((old, FORGOTTEN_AFTER + 60), (recent, 60)):
        folder.mkdir()
        os.utime(folder, (time.time() - age, time.time() - age))
    Assemblies(tmp_path).build(only=["A"])
    assert not old.exists()
    assert recent.exists()
