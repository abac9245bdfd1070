"""Make the tables of the terminal look alike."""

from rich import box
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
