"""The order of a demo, and what is left when one of its steps fails."""

import io
import sys
from types import SimpleNamespace

import pytest
from rich.console import Console

from demos import programme
from demos.stage import DemoError, Stage


class Sandbox:
    """Notes what is asked of it."""

    def __init__(self, notes):
        self.notes = notes

    def deploy(self, *names, context, say):
        """Note a deployment."""
        say("creating")
        self.notes.append(f"deploy {names[0]}")

    def destroy(self, *names, context, say):
        """Note a removal."""
        self.notes.append(f"destroy {names[0]}")

    def stop(self):
        """Note the end."""
        self.notes.append("stop")


@pytest.fixture
def notes(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr("sandbox.client.start", lambda: Sandbox(said))
    monkeypatch.setattr("sandbox.client.attach", lambda: Sandbox(said))
    monkeypatch.setattr("sandbox.cli.main", lambda arguments: said.append(*arguments))
    return said


@pytest.fixture
def demo(monkeypatch, notes):
    outcome = SimpleNamespace(
        problems=list, show=lambda console: None, page=lambda phases: f"{len(phases)} phases"
    )

    def play(sandbox, stage, prepared):
        notes.append(f"play {prepared}")
        return outcome

    module = SimpleNamespace(
        STACKS=("Shop",), CONTEXT={}, prepare=lambda: "input", play=play, outcome=outcome
    )
    monkeypatch.setitem(sys.modules, "a_demo", module)
    return module


@pytest.fixture
def stage(tmp_path):
    return Stage(Console(file=io.StringIO(), width=200), tmp_path / "new" / "report.html")


def perform(stage, *, keep=False):
    good = programme.perform("Shop", "a_demo", stage, keep=keep)
    return good, stage.console.file.getvalue()


def test_a_demo_deploys_plays_destroys_stops_and_reports(demo, notes, stage):
    good, said = perform(stage)
    assert good
    assert notes == ["deploy Shop", "play input", "destroy Shop", "stop"]
    assert stage.report.read_text() == "3 phases"
    assert stage.report.as_uri() in said


def test_a_kept_sandbox_is_left_up_with_the_way_in_and_the_way_out(demo, notes, stage):
    good, said = perform(stage, keep=True)
    assert good
    assert notes == ["up", "deploy Shop", "play input"]
    assert "python -m sandbox env" in said
    assert "python -m sandbox down" in said


def test_a_result_that_is_wrong_is_told_and_fails(demo, notes, stage):
    demo.outcome.problems = lambda: ["1 file [lost]"]
    good, said = perform(stage)
    assert not good
    assert "✗ 1 file [lost]" in said


def test_an_error_ends_in_one_line_and_leaves_nothing_running(demo, notes, stage):
    def play(*given):
        raise DemoError("AWS refused [it]")

    demo.play = play
    good, said = perform(stage)
    assert not good
    assert said.endswith("demo failed: AWS refused [it]\n")
    assert notes == ["deploy Shop", "stop"]


def test_an_interrupt_leaves_nothing_running(demo, notes, stage):
    def play(*given):
        raise KeyboardInterrupt

    demo.play = play
    good, said = perform(stage)
    assert not good
    assert notes[-1] == "stop"
    assert "still up" not in said


def test_a_kept_sandbox_is_named_when_the_demo_fails_too(demo, notes, stage):
    def play(*given):
        raise DemoError("no")

    demo.play = play
    good, said = perform(stage, keep=True)
    assert not good
    assert "stop" not in notes
    assert "python -m sandbox down" in said
