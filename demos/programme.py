"""The order of every demo: start, deploy, play, destroy, stop, report."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from demos.stage import DemoError, Stage
from sandbox import cli, client
from sandbox.client import Sandbox
from sandbox.environment import RealCredentialsError
from sandbox.process import SandboxError


class Outcome(Protocol):
    """What a demo found out."""

    def problems(self) -> Sequence[str]:
        """Say what came out wrong; nothing is good."""

    def show(self, console: Console) -> None:
        """Print it for the terminal."""

    def page(self, phases: Sequence[tuple[str, float]]) -> str:
        """Write it as one HTML page."""


class Demo(Protocol):
    """A module ``demonstrate`` of an architecture's demo."""

    STACKS: tuple[str, ...]
    CONTEXT: Mapping[str, str]

    def prepare(self) -> Any:
        """Make the input; runs while the stack is deployed."""

    def play(self, sandbox: Sandbox, stage: Stage, prepared: Any) -> Outcome:
        """Send the input through and read the result."""


def perform(name: str, module: str, stage: Stage, *, keep: bool) -> bool:
    """Play one demo; returns whether it came out right. Errors end as one line that helps."""
    console = stage.console
    console.print(f"\n[bold]{name}[/bold] [dim]in the sandbox: no AWS account, nothing leaves "
                  "this machine[/dim]\n")  # fmt: skip
    try:
        demo: Any = import_module(module)
        outcome = _play(demo, stage, keep)
    except (DemoError, SandboxError, RealCredentialsError, ClientError, BotoCoreError) as error:
        console.print(f"\n[red]demo failed:[/red] {_literal(error)}", soft_wrap=True)
        _say_what_runs(console, keep)
        return False
    except KeyboardInterrupt:
        console.print("\nstopped")
        _say_what_runs(console, keep)
        return False
    outcome.show(console)
    stage.report.parent.mkdir(parents=True, exist_ok=True)
    stage.report.write_text(outcome.page(stage.phases), encoding="utf-8")
    seconds = sum(seconds for _, seconds in stage.phases)
    wrong = list(outcome.problems())
    for problem in wrong:
        console.print(f"[red]✗[/red] {_literal(problem)}")
    if not wrong:
        console.print("\n[green]✓ nothing lost, nothing twice[/green]", end="  ")
    console.print(f"[dim]{seconds:.0f} s[/dim]")
    console.print(f"report: {stage.report.resolve().as_uri()}", soft_wrap=True)
    _say_what_runs(console, keep)
    return not wrong


def _say_what_runs(console: Console, keep: bool) -> None:
    if not keep:
        return
    console.print(
        "the sandbox is still up.\n"
        '  reach it:  eval "$(.venv/bin/python -m sandbox env)"\n'
        "  stop it:   .venv/bin/python -m sandbox down"
    )


def _play(demo: Demo, stage: Stage, keep: bool) -> Outcome:
    with ThreadPoolExecutor(1) as aside:
        prepared = aside.submit(demo.prepare)
        with stage.phase("start the sandbox"):
            sandbox = _kept() if keep else client.start()
        with _stopping(sandbox, keep):
            with stage.phase("synthesize and deploy") as say:
                sandbox.deploy(*demo.STACKS, context=demo.CONTEXT, say=say)
            if not prepared.done():
                with stage.phase("make the rest of the input"):
                    prepared.result()
            outcome = demo.play(sandbox, stage, prepared.result())
            if not keep:
                with stage.phase("destroy") as say:
                    sandbox.destroy(*demo.STACKS, context=demo.CONTEXT, say=say)
    return outcome


def _kept() -> Sandbox:
    if cli.main(["up"]):
        raise DemoError("the sandbox could not be started for KEEP=1; the line above says why")
    return client.attach()


@contextmanager
def _stopping(sandbox: Sandbox, keep: bool) -> Any:
    try:
        yield
    finally:
        if not keep:
            sandbox.stop()


def _literal(value: object) -> str:
    return str(value).replace("[", "\\[")
