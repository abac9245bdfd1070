"""Write numbers, tables of them, and what holds a table that is too wide."""

from collections.abc import Sequence
from math import floor

from demos.report.html import Html, join, tag


def number(value: float) -> str:
    """Write a number as a person would: thousands set apart, no empty decimals."""
    return f"{value:,.0f}" if value == floor(value) else f"{value:,.1f}"


def table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    """Write a table; columns whose cells are all numbers align to the right."""
    numeric = [
        bool(rows) and all(isinstance(row[n], int | float) for row in rows)
        for n in range(len(headers))
    ]

    def cell(kind: str, n: int, value: object, **more: str) -> Html:
        shown = number(value) if isinstance(value, int | float) else value
        return tag(kind, shown, class_="number" if numeric[n] else None, **more)

    head = tag("tr", *(cell("th", n, h, scope="col") for n, h in enumerate(headers)))
    body = join(tag("tr", *(cell("td", n, v) for n, v in enumerate(row))) for row in rows)
    whole = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", body))
    return scrolling(whole, caption)


def scrolling(body: Html, label: str, look: str = "") -> Html:
    """Let what is wider than the window scroll by itself, by the keyboard as well."""
    classes = f"scroll {look}".strip()
    return tag("div", body, class_=classes, tabindex="0", role="region", aria_label=label)


def behind(caption: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    """Fold the numbers of a chart into a table that opens on demand."""
    return tag("details", tag("summary", "The numbers"), table(caption, headers, rows))
