"""Where a demo plays: timed phases, on a terminal with movement, in a pipe line by line."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from demos.report.sections import Phase

LAST_NEWS = 30


class DemoError(Exception):
    """The demo cannot go on; the message says what is wrong and what to do next."""


@dataclass(slots=True)
class Stage:
    """The console, where the page goes, and how long each phase took."""

    console: Console
    report: Path
    phases: list[Phase] = field(default_factory=list)

    @contextmanager
    def phase(self, name: str) -> Iterator[Callable[[str], None]]:
        """Show that a phase runs, then how long it took.

        Gives a function that takes news, one line each: a terminal shows the latest, a pipe none;
        when the phase fails, the last of them are printed.
        """
        start, news = monotonic(), deque[str](maxlen=LAST_NEWS)
        status = self.console.status(f"{name} …") if self.console.is_terminal else None

        def tell(line: str) -> None:
            news.append(line)
            if status:
                status.update(f"{name} … [dim]{escape(line[: self.console.width - 30])}")

        if status:
            status.start()
        try:
            yield tell
        except BaseException:
            if status:
                status.stop()
            for line in news:
                self.console.print(f"  {line}", style="dim", markup=False)
            self.console.print(f"[red]✗[/red] {name}  [dim]{monotonic() - start:.1f} s[/dim]")
            raise
        if status:
            status.stop()
        self.done(name, monotonic() - start)

    def done(self, name: str, seconds: float) -> None:
        """Note a phase that has ended well."""
        self.phases.append(Phase(name, seconds))
        self.console.print(f"[green]✓[/green] {name}  [dim]{seconds:.1f} s[/dim]")

    @contextmanager
    def board(self) -> Iterator[Callable[[Callable[[float], RenderableType], Sequence[str]], None]]:
        """Show something that changes, such as a table of what runs.

        Gives a function that takes how it looks at a moment, and what is new in it, one line each:
        a terminal shows the look, a pipe prints the lines.
        """
        if not self.console.is_terminal or self.console.is_dumb_terminal:

            def say(look: Callable[[float], RenderableType], news: Sequence[str]) -> None:
                for line in news:
                    self.console.print(f"  {line}", style="dim", markup=False)

            yield say
            return
        with Live(console=self.console, transient=True, auto_refresh=False) as live:

            def show(look: Callable[[float], RenderableType], news: Sequence[str]) -> None:
                live.update(look(monotonic()), refresh=True)

            yield show

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Give a bar with room for one text behind it; in a pipe it stays silent."""
        bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(bar_width=32),
            TaskProgressColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        with bar:
            yield bar
