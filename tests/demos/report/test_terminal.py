"""Every block in the terminal, and what all of them keep."""

import io

from rich.console import Console

from demos.report.blocks import Check, Checks, Table
from demos.report.terminal import sparkline, text


def printed(block):
    page = io.StringIO()
    console = Console(file=page, width=80, force_terminal=True, color_system="standard")
    for shown in text(block, 80):
        console.print(shown)
    return page.getvalue()


def test_what_is_not_as_expected_is_red():
    good, bad = (printed(Checks([Check("files", 3, found, "")])) for found in (3, 2))
    assert "\x1b[32m3" in good
    assert "\x1b[31m2" in bad


def test_a_table_without_a_row_is_not_shown():
    assert printed(Table("Empty", ["what"], [])) == ""


def test_a_sparkline_tells_zero_from_withheld():
    assert sparkline([0, None, 1, 10], 10) == "·░▂█"
