"""Make the tables of the terminal look alike."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def table(title: str, *columns: str) -> Table:
    """Begin a table; a column whose name starts with ``>`` holds numbers."""
    made = Table(
        title=title,
        title_style="bold",
        title_justify="left",
        caption_justify="left",
        header_style="dim",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in columns:
        name = escape(column.removeprefix(">"))
        made.add_column(name, justify="right" if column.startswith(">") else "left")
    return made


def proof(counts: Iterable[tuple[str, int, int]], caption: str) -> Table:
    """Set what was found beside what was expected."""
    made = table("Nothing lost, nothing twice", "", ">expected", ">found")
    for what, expected, found in counts:
        made.add_row(what, str(expected), f"[{'green' if expected == found else 'red'}]{found}")
    made.caption = caption
    return made


def show(console: Console, tables: Iterable[Table]) -> None:
    """Print the tables that have a row."""
    for one in tables:
        if one.row_count:
            console.print()
            console.print(one)
