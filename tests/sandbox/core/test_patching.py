"""That a changed emulator is noticed by name, before anything of it is replaced."""

import sys
import types

import pytest

from sandbox.core import patching, version_check


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
    monkeypatch.setattr(patching, "_changed", [])
    return module


def test_a_function_is_replaced_around_its_original(emulator):
    patching.replace(
        "pretended_emulator:run", "(job, *, times)", lambda run: lambda job: f"<{run(job)}>"
    )
    patching.replace(
        "pretended_emulator:run", "(job, *, times)", lambda run: lambda job: f"[{run(job)}]"
    )
    assert emulator.run("x") == "[<x 1>]"
    version_check.check_hooks()


def test_a_method_is_replaced_for_every_instance(emulator):
    patching.replace(
        "pretended_emulator:Worker.work",
        "(self, job)",
        lambda work: lambda self, job: work(self, job) * 2,
    )
    assert emulator.Worker().work("ab") == "abab"


def test_a_changed_signature_is_named_and_the_function_left_alone(emulator):
    untouched = emulator.run
    patching.replace("pretended_emulator:run", "(job)", lambda _run: print)
    assert emulator.run is untouched
    with pytest.raises(
        version_check.ChangedError, match=r"run takes \(job, \*, times\), expected \(job\)"
    ):
        version_check.check_hooks()


@pytest.mark.parametrize("target", ["pretended_emulator:gone", "no_such_module:run"])
def test_a_name_that_is_gone_is_named(emulator, target):
    patching.replace(target, "()", lambda run: run)
    patching.require(target)
    with pytest.raises(version_check.ChangedError, match=f"{target} is gone"):
        version_check.check_hooks()


def test_a_passage_is_replaced_only_when_it_is_there_once(emulator):
    patching.replace_text("pretended_emulator:PROGRAM", "two", "2")
    assert emulator.PROGRAM == "one 2 three"
    patching.replace_text("pretended_emulator:PROGRAM", "e", "E")
    assert emulator.PROGRAM == "one 2 three"
    with pytest.raises(
        version_check.ChangedError, match="PROGRAM holds 3 times instead of once: 'e'"
    ):
        version_check.check_hooks()


def test_another_version_is_refused(monkeypatch):
    monkeypatch.setattr(version_check, "version", lambda _name: "1.5.34")
    with pytest.raises(
        version_check.ChangedError, match=r"ministack 1.5.34 is installed, 1.5.33 is needed"
    ):
        version_check.check_version()
