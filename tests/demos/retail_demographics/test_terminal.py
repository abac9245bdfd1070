"""The tables in the terminal."""

import io

from rich.console import Console

from demos.report.terminal import show
from demos.retail_demographics.report import report


def printed(day):
    out = io.StringIO()
    show(Console(file=out, width=120), report(day))
    return out.getvalue()


def test_a_pipe_gets_plain_text(day):
    assert "\x1b" not in printed(day)


def test_every_store_reject_reason_and_count_is_shown(day):
    text = printed(day)
    for word in (*day.sent.stores, "not_an_image", "unexpected_key", "240", "512"):
        assert word in text


def test_a_hostile_key_is_shown_and_does_nothing(day):
    text = printed(day)
    assert "<script>alert(1)</script>\\u{202e}gpj.exe" in text
    assert "\u202e" not in text
