"""That a changed emulator is noticed by name, before anything of it is replaced."""

import sys
import types

import pytest

from sandbox.core import patching, version_check
from sandbox.core.patching import Module


@pytest.fixture
def emulator(monkeypatch):
    """Pretend to be a piece of the emulator."""
    module = types.ModuleType("pretended_emulator")
    source = """
def run(job, *, times: int = 1): return f"{job} {times}"
PROGRAM = "one two three"
class Worker:
    def work(self, job): return job
"""
    exec(compile(source, "pretended", "exec"), module.__dict__)  # noqa: S102 (our own text, eight lines up)
    monkeypatch.setitem(sys.modules, "pretended_emulator", module)
    monkeypatch.setattr(patching, "_originals", {})
    monkeypatch.setattr(patching, "_modules", [])
    monkeypatch.setattr(patching, "_differences", [])
    monkeypatch.setattr(patching, "_replacements", [])
    return module


def declared(**names):
    return Module("pretended_emulator", **names)


def test_a_function_is_replaced_around_its_original(emulator):
    ours = declared(run="(job, *, times)")
    patching.wrap(ours, "run", lambda run: lambda job: f"<{run(job)}>", because="of angles")
    patching.wrap(ours, "run", lambda run: lambda job: f"[{run(job)}]", because="of corners")
    assert emulator.run("x") == ours.run("x") == "[<x 1>]"
    version_check.check_names()


def test_a_method_is_replaced_for_every_instance(emulator):
    patching.wrap(
        declared(**{"Worker.work": "(self, job)"}),
        "Worker.work",
        lambda work: lambda self, job: work(self, job) * 2,
        because="twice is better",
    )
    assert emulator.Worker().work("ab") == "abab"


def test_a_changed_signature_is_named_and_the_function_left_alone(emulator):
    untouched = emulator.run
    patching.wrap(declared(run="(job)"), "run", lambda _run: print, because="it would not fit")
    assert emulator.run is untouched
    with pytest.raises(
        version_check.ChangedError, match=r"run takes \(job, \*, times\), expected \(job\)"
    ):
        version_check.check_names()


@pytest.mark.parametrize("target", ["pretended_emulator:gone", "no_such_module:run"])
def test_a_name_that_is_gone_is_named(emulator, target):
    path, _, name = target.partition(":")
    patching.wrap(Module(path, **{name: "()"}), name, lambda run: run, because="it was there")
    with pytest.raises(version_check.ChangedError, match=f"{target} is gone"):
        version_check.check_names()


def test_a_passage_is_replaced_only_when_it_is_there_once(emulator):
    ours = declared(PROGRAM="str")
    patching.replace_text(ours, "PROGRAM", "two", "2", because="digits are shorter")
    assert emulator.PROGRAM == "one 2 three"
    patching.replace_text(ours, "PROGRAM", "e", "E", because="it shouts")
    assert emulator.PROGRAM == "one 2 three"
    with pytest.raises(
        version_check.ChangedError, match="PROGRAM holds 3 times instead of once: 'e'"
    ):
        version_check.check_names()


def test_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(version_check, "version", lambda _name: "1.5.34")
    with pytest.raises(
        version_check.ChangedError, match=r"ministack 1.5.34 is installed, 1.5.33 is needed"
    ):
        version_check.check_version()


def test_a_function_is_replaced_for_good(emulator):
    ours = declared(run="(job, *, times)")
    patching.replace(ours, "run", around, because="it says only what it is told")
    assert emulator.run("x") == "x"
    version_check.check_names()


def test_a_function_in_a_table_is_wrapped_and_a_missing_one_named(emulator):
    emulator.TABLE = {"work": {"do": emulator.run}}
    ours = declared(TABLE="dict")
    for action in ("do", "undo"):
        patching.wrap_item(
            ours,
            "TABLE",
            ("work", action),
            lambda run: lambda job: f"<{run(job)}>",
            because="of angles",
        )
    assert emulator.TABLE["work"]["do"]("x") == "<x 1>"
    with pytest.raises(version_check.ChangedError, match=r"TABLE\[work\]\[undo\] is gone"):
        version_check.check_names()


def test_a_value_of_another_type_is_named(emulator):
    declared(PROGRAM="dict")
    with pytest.raises(version_check.ChangedError, match="PROGRAM is a str, expected dict"):
        version_check.check_names()


def test_only_a_declared_name_is_reached_or_set(emulator):
    ours = declared(PROGRAM="str")
    ours.PROGRAM = "three"
    assert emulator.PROGRAM == "three"
    for touch in (lambda: ours.run, lambda: setattr(ours, "run", print)):
        with pytest.raises(AttributeError, match="pretended_emulator:run is not declared"):
            touch()


def test_the_table_tells_who_stands_where_and_why(emulator):
    ours = declared(run="(job, *, times)")
    patching.replace(ours, "run", print, because="it prints", issue=7)
    patching.wrap(ours, "run", around, because="it repeats")
    *_, first, second = patching.table().splitlines()
    link = "[#7](https://github.com/ministackorg/ministack/issues/7)"
    ours = "| `pretended_emulator:run` |"
    assert first == f"{ours} 1 | `builtins.print` | in its place | it prints | {link} |"
    assert second.startswith(f"{ours} 2 | ")
    assert second.endswith(".around` | around it | it repeats |  |")


def around(run):
    return run
