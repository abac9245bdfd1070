"""The tables in the terminal."""

import io

import pytest
from rich.console import Console

from demos.report.terminal import show
from demos.service_chain.report import report


@pytest.fixture(params=[80, 140])
def printed(request, chain):
    out = io.StringIO()
    show(Console(file=out, width=request.param), report(chain))
    return out.getvalue()


def test_a_pipe_gets_plain_text(printed):
    assert "\x1b" not in printed


def test_every_kind_reason_mood_and_count_is_shown(printed):
    for word in ("audio", "unsupported", "negative", "1,210", "1.20 to 3.10", "word error rate"):
        assert word in printed


def test_a_line_is_no_longer_than_a_terminal_of_eighty_columns(chain):
    out = io.StringIO()
    show(Console(file=out, width=80), report(chain))
    assert "calls/happy.wav" in out.getvalue()
    assert max(map(len, out.getvalue().splitlines())) <= 80


def test_a_hostile_key_is_shown_and_does_nothing(printed, chain):
    assert "\u202e" not in printed
    out = io.StringIO()
    show(Console(file=out, width=140), report(chain))
    assert "\\u{202e}gpj.exe" in out.getvalue()


def test_pseudo_translations_are_called_so(printed):
    assert "pseudo-translations" in printed
