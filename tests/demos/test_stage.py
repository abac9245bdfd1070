"""Phases on the terminal and in a pipe."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from demos.stage import Stage


@pytest.fixture
def stage(tmp_path):
    return Stage(Console(file=io.StringIO(), width=100), tmp_path / "report.html")


def printed(stage):
    return stage.console.file.getvalue()


def test_a_phase_is_noted_with_its_time_and_its_news_stay_out_of_a_pipe(stage):
    with stage.phase("deploy") as tell:
        tell("creating a bucket")
    assert [phase.name for phase in stage.phases] == ["deploy"]
    assert printed(stage).startswith("✓ deploy")
    assert "bucket" not in printed(stage)


def fail(stage):
    with stage.phase("deploy") as tell:
        tell("[bold] is no markup here")
        raise RuntimeError


def test_a_phase_that_fails_prints_its_last_news(stage):
    with pytest.raises(RuntimeError):
        fail(stage)
    assert stage.phases == []
    assert "[bold] is no markup here" in printed(stage)
    assert "✗ deploy" in printed(stage)


def test_a_board_prints_its_news_into_a_pipe_and_no_table(stage):
    with stage.board() as tell:
        tell(lambda now: "the table", ["a.txt: Identify", "[b].txt: failed"])
    assert printed(stage) == "  a.txt: Identify\n  [b].txt: failed\n"


def test_a_board_on_a_terminal_shows_how_it_looks_and_then_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with Stage(console, tmp_path / "report.html").board() as tell:
        tell(lambda now: "the table", ["a.txt: Identify"])
    assert "the table" in printed(SimpleNamespace(console=console))
    assert "Identify" not in printed(SimpleNamespace(console=console))
