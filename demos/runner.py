"""The order of every demo: start, synthesize, deploy, play, destroy, stop, report."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from demos import hand_over
from demos.demo import DISPOSABLE, Demo
from demos.departure import departure
from demos.report import terminal, web
from demos.report.sections import Report
from demos.stage import DemoError, Stage
from demos.synthesis import synthesize
from sandbox.host import cli, client
from sandbox.host.client import Sandbox
from sandbox.host.environment import RealCredentialsError
from sandbox.host.process import SandboxError


def run(name: str, module: str, stage: Stage, *, keep: bool) -> bool:
    """Play the ``DEMO`` of a module; returns whether it came out right.

    Errors end as one line that helps.
    """
    console = stage.console
    console.print(f"\n[bold]{name}[/bold] [dim]in the sandbox: no AWS account, nothing leaves "
                  "this machine[/dim]\n")  # fmt: skip
    try:
        report = _play(module, stage, keep)
    except (DemoError, SandboxError, RealCredentialsError, ClientError, BotoCoreError) as error:
        console.print(f"\n[red]demo failed:[/red] {escape(str(error))}", soft_wrap=True)
        _say_what_runs(console, keep)
        return False
    except KeyboardInterrupt:
        console.print("\nstopped")
        _say_what_runs(console, keep)
        return False
    terminal.show(console, report)
    stage.report.parent.mkdir(parents=True, exist_ok=True)
    stage.report.write_text(web.page(report), encoding="utf-8")
    wrong = report.problems
    for problem in wrong:
        console.print(f"[red]✗[/red] {escape(problem)}")
    if not wrong:
        console.print(f"\n[green]✓ {escape(report.praise)}[/green]", end="  ")
    console.print(f"[dim]{report.seconds:.0f} s[/dim]")
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


def _play(module: str, stage: Stage, keep: bool) -> Report:
    # What needs no sandbox is done while one starts, and the input is made while it is deployed to.
    with (
        TemporaryDirectory(prefix="demo-") as made,
        ThreadPoolExecutor(1) as aside,
        _starting(keep) as started,
    ):
        folder = Path(made)
        # Only now: what one demo imports, the requirements of another need not have installed.
        demo: Demo[Any] = import_module(module).DEMO
        context = {**DISPOSABLE, **demo.context}
        synthesized = aside.submit(synthesize, demo.stacks, context, folder)
        prepared = aside.submit(demo.prepare)
        with stage.phase("start the sandbox"):
            sandbox = started.result()
        demo.warm_up(sandbox)
        with stage.phase("synthesize and deploy") as say:
            try:
                sandbox.deploy(*demo.stacks, app=hand_over.app(folder), say=say)
            except SandboxError:
                synthesized.result()  # it knows why, if there is nothing to deploy
                raise
        if not prepared.done():
            with stage.phase("make the rest of the input"):
                prepared.result()
        if keep:
            report = demo.play(sandbox, stage, prepared.result())
        else:
            with departure(sandbox, demo.stacks, folder) as destroy:
                report = demo.play(sandbox, stage, prepared.result())
                with stage.phase("destroy") as say:
                    destroy(say)
    return replace(report, phases=tuple(stage.phases))


def _kept() -> Sandbox:
    if cli.main(["up"]):
        raise DemoError("the sandbox could not be started for KEEP=1; the line above says why")
    return client.attach()


@contextmanager
def _starting(keep: bool) -> Iterator[Future[Sandbox]]:
    """Start a sandbox aside; at the end it is stopped, unless it is to be kept."""
    with ThreadPoolExecutor(1) as aside:
        started = aside.submit(_kept if keep else client.start)
        try:
            yield started
        finally:
            if not keep and started.exception() is None:
                started.result().stop()
