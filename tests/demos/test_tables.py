"""The tables in the terminal that every demo has."""

import io

from rich.console import Console

from demos.tables import proof, show, table


def printed(*tables):
    page = io.StringIO()
    show(Console(file=page, width=80, force_terminal=True, color_system="standard"), tables)
    return page.getvalue()


def test_what_is_not_as_expected_is_red():
    good, bad = (printed(proof([("files", 3, found)], "")) for found in (3, 2))
    assert "\x1b[32m3" in good
    assert "\x1b[31m2" in bad


def test_a_table_without_a_row_is_not_shown():
    assert printed(table("Empty", "what")) == ""
