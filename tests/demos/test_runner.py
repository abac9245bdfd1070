"""The order of a demo, and what is left when one of its steps fails."""

import io
import json
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest
from rich.console import Console

from demos import hand_over, runner, synthesis
from demos.demo import DISPOSABLE, Demo
from demos.report.blocks import Check
from demos.report.sections import Report
from demos.stage import DemoError, Stage
from sandbox.host.process import ROOT, SandboxError


class Sandbox:
    """Notes what is asked of it."""

    def __init__(self, notes):
        self.notes = notes

    def deploy(self, *names, app, say):
        """Note a deployment."""
        say("creating")
        self._run("deploy", names, app)

    def destroy(self, *names, app, say):
        """Note a removal."""
        self._run("destroy", names, app)

    def _run(self, verb, names, app):
        with TemporaryDirectory() as output:
            words = shlex.split(app)
            done = subprocess.run(  # noqa: S603 (our own app)
                words, check=False, env={"CDK_OUTDIR": output}, cwd=ROOT
            )
            if done.returncode:
                raise SandboxError(f"cdk {verb} Shop failed")
            asked = json.loads(Path(output, "asked").read_text())
        assert asked == [["Shop"], DISPOSABLE | {"size": "1"}]
        self.notes.append(f"{verb} {names[0]}")

    def stop(self):
        """Note the end."""
        self.notes.append("stop")


@pytest.fixture
def notes(monkeypatch):
    said: list[str] = []

    def synthesize(stacks, context, folder):
        hand_over.assembly(folder).mkdir()
        (hand_over.assembly(folder) / "asked").write_text(json.dumps([stacks, context]))
        hand_over.reached(folder, hand_over.WRITTEN)

    monkeypatch.setattr(runner, "synthesize", synthesize)
    monkeypatch.setattr("sandbox.host.client.start", lambda: Sandbox(said))
    monkeypatch.setattr("sandbox.host.client.attach", lambda: Sandbox(said))
    monkeypatch.setattr("sandbox.host.cli.main", lambda arguments: said.append(*arguments))
    return said


@pytest.fixture
def plan(monkeypatch, notes):
    """Give what the steps of a demo do, for a test to change."""
    steps = SimpleNamespace(checks=[])

    def play(sandbox, stage, prepared):
        notes.append(f"play {prepared}")
        return Report(
            name="Shop", title="A day", summary="", ran_at=datetime.now(UTC), figures=(),
            checks=steps.checks, praise="Nothing lost.", because="", sections=(), beside="",
            costs=(), counted="", stand_ins=(), synthetic=(), responsible_use=(),
        )  # fmt: skip

    steps.play = play
    demo = Demo(
        stacks=("Shop",),
        context={"size": "1"},
        prepare=lambda: "input",
        play=lambda *given: steps.play(*given),
        warm_up=lambda _: notes.append("warm up"),
    )
    monkeypatch.setattr(
        "demos.report.web.page", lambda report: ", ".join(phase.name for phase in report.phases)
    )
    monkeypatch.setitem(sys.modules, "a_demo", SimpleNamespace(DEMO=demo))
    return steps


@pytest.fixture
def stage(tmp_path):
    return Stage(Console(file=io.StringIO(), width=200), tmp_path / "new" / "report.html")


def run(stage, *, keep=False):
    good = runner.run("Shop", "a_demo", stage, keep=keep)
    return good, stage.console.file.getvalue()


def test_a_demo_deploys_plays_destroys_stops_and_reports(plan, notes, stage):
    good, said = run(stage)
    assert good
    assert notes == ["warm up", "deploy Shop", "play input", "destroy Shop", "stop"]
    phases = stage.report.read_text().replace("make the rest of the input, ", "")  # if there is any
    assert phases == "start the sandbox, synthesize and deploy, destroy"
    assert stage.report.as_uri() in said


def test_a_kept_sandbox_is_left_up_with_the_way_in_and_the_way_out(plan, notes, stage):
    good, said = run(stage, keep=True)
    assert good
    assert notes == ["up", "warm up", "deploy Shop", "play input"]
    assert "python -m sandbox env" in said
    assert "python -m sandbox down" in said


def test_a_result_that_is_wrong_is_told_and_fails(plan, notes, stage):
    plan.checks = [Check("files", 1, 0, "1 file [lost]")]
    good, said = run(stage)
    assert not good
    assert "✗ 1 file [lost]" in said


def test_an_error_ends_in_one_line_and_leaves_nothing_running(plan, notes, stage):
    def play(*given):
        raise DemoError("AWS refused [it]")

    plan.play = play
    good, said = run(stage)
    assert not good
    assert said.endswith("demo failed: AWS refused [it]\n")
    assert notes == ["warm up", "deploy Shop", "stop"]


def test_an_app_that_the_gate_refuses_is_told_and_deploys_nothing(plan, notes, stage, monkeypatch):
    monkeypatch.setattr(runner, "synthesize", synthesis.synthesize)
    good, said = run(stage)
    assert not good
    assert "Shop could not be synthesized:\napp.py: -c: size is '1'; allowed: " in said
    assert notes == ["warm up", "stop"]


def test_an_interrupt_leaves_nothing_running(plan, notes, stage):
    def play(*given):
        raise KeyboardInterrupt

    plan.play = play
    good, said = run(stage)
    assert not good
    assert notes[-1] == "stop"
    assert "still up" not in said


def test_a_kept_sandbox_is_named_when_the_demo_fails_too(plan, notes, stage):
    def play(*given):
        raise DemoError("no")

    plan.play = play
    good, said = run(stage, keep=True)
    assert not good
    assert "stop" not in notes
    assert "python -m sandbox down" in said


def test_who_waits_for_an_assembly_ends_with_the_process_that_has_it_written(tmp_path):
    writer = subprocess.Popen(["true"])  # noqa: S607 (any process that ends)
    writer.wait()
    assert not hand_over.wait(tmp_path, writer.pid, tmp_path / "output")
