"""Draw an architecture: zones, nodes with a glyph, and arrows that turn at right angles."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demos.report.html import Html, tag

GLYPHS = {
    "camera": "M3 8h3l2-3h8l2 3h3v11H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
    "bucket": "M4 6.5 6 20h12l2-13.500M4 6.500c0 3.300 16 3.300 16 0S4 3.200 4 6.500z",
    "queue": "M3 7h11v10H3zM17 7v10M21 7v10M6.500 10.500h4M6.500 13.500h4",
    "function": "M8 4c-4 0-1 7-5 8 4 1 1 8 5 8M16 4c4 0 1 7 5 8-4 1-1 8-5 8M10.500 15.500l3-7",
    "face": "M3 8V4h4M17 4h4v4M21 16v4h-4M7 20H3v-4M9 10v1M15 10v1"
    "M9 14.500c1.500 1.800 4.500 1.800 6 0",
    "table": "M3 5h18v14H3zM3 10h18M9 10v9M15 10v9",
    "view": "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500 21 21",
    "key": "M8 15a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM12.500 10.500H21v4M17 10.500v3",
    "bell": "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 20.500h4",
    "chart": "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
    "voice": "M12 15a3.500 3.500 0 0 0 3.500-3.500v-5a3.500 3.500 0 0 0-7 0v5"
    "A3.500 3.500 0 0 0 12 15z"
    "M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3",
    "languages": "M3 6h11M8.500 3.500V6M12 6c-1 4-4 7-8.500 8.500"
    "M5.500 9c1.500 3 3.500 4.500 7 5.500"
    "M12.500 21l4.500-10 4.500 10M14 17.800h6",
    "page": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "shield": "M12 3 4.500 6v5c0 5 3 8.500 7.500 10 4.500-1.500 7.500-5 7.500-10V6zM9 12l2 2 4-4",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2",
    "warning": "M12 4 2.500 20h19zM12 10v5M12 17.500v.500",
}


@dataclass(frozen=True, slots=True)
class Node:
    """A thing: what it is called here, and which service it is."""

    x: float
    y: float
    width: float
    height: float
    glyph: str
    name: str
    service: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the way in which one rule holds."""

    x: float
    y: float
    width: float
    height: float
    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way through points, each straight above or beside the one before it."""

    points: Sequence[tuple[float, float]]
    label: str = ""
    at: tuple[float, float] = (0, 0)
    anchor: str = "middle"
    style: str = ""
    both: bool = False


def node(n: Node) -> Html:
    """Draw a node; its service stands below its name, where there is room."""
    middle = n.y + n.height / 2
    glyph = tag(
        "g",
        tag("path", d=GLYPHS[n.glyph]),
        transform=f"translate({n.x + 13:g} {middle - 12:g})",
        class_="glyph",
    )
    return tag(
        "g",
        tag("rect", x=n.x, y=n.y, width=n.width, height=n.height, rx=11.0, class_="node"),
        glyph,
        tag("text", n.name, x=n.x + 47, y=middle - 3, class_="name"),
        tag("text", n.service, x=n.x + 47, y=middle + 13.5, class_="service"),
    )


def zone(z: Zone) -> Html:
    """Draw a zone with its name and its rule at the top."""
    return tag(
        "g",
        tag("rect", x=z.x, y=z.y, width=z.width, height=z.height, rx=16.0, class_="zone"),
        tag("text", z.name, x=z.x + 18, y=z.y + 27, class_="zone-name"),
        tag("text", z.rule, x=z.x + 18, y=z.y + 45, class_="service"),
    )


def arrow(a: Arrow) -> Html:
    """Draw an arrow with rounded turns, and its label where it was told to stand."""
    line = tag(
        "path",
        d=rounded(a.points),
        class_=f"arrow {a.style}".strip(),
        marker_end="url(#head)",
        marker_start="url(#head)" if a.both else None,
    )
    if not a.label:
        return line
    words = tag("text", a.label, x=a.at[0], y=a.at[1], class_=f"on-arrow {a.anchor}")
    return tag("g", line, words)


def rounded(points: Sequence[tuple[float, float]], radius: float = 10) -> str:
    """Write the path through points, each inner corner rounded off."""
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (x0, y0), (x1, y1) = toward(corner, before, radius), toward(corner, after, radius)
        path += f"L{x0:g} {y0:g}Q{corner[0]:g} {corner[1]:g} {x1:g} {y1:g}"
    return path + f"L{points[-1][0]:g} {points[-1][1]:g}"


def toward(start: tuple[float, float], end: tuple[float, float], by: float) -> tuple[float, float]:
    """Go from one point a distance along one axis toward another point."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    step = min(by, max(abs(dx), abs(dy)) / 2)
    return start[0] + (dx > 0) * step - (dx < 0) * step, start[1] + (dy > 0) * step - (
        dy < 0
    ) * step


def drawing(width: float, height: float, label: str, *parts: Html, style: str = "") -> Html:
    """Put the parts on one sheet; with a style it is a file, without one part of a page."""
    head = tag(
        "marker",
        tag("path", d="M1 1 8 4.500 1 8", class_="head"),
        id="head",
        viewBox="0 0 9 9",
        refX="7.5",
        refY="4.5",
        markerWidth="7.5",
        markerHeight="7.5",
        orient="auto-start-reverse",
    )
    return tag(
        "svg",
        Html(f"<style>{style}</style>") if style else "",
        tag("defs", head),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=label,
        class_="diagram",
    )


def standalone(draw: Callable[[str], Html]) -> str:
    """Draw for the documentation, where a picture has to bring its own light and dark colours."""
    folder = Path(__file__).parent
    rules = (folder / "diagram.css").read_text()
    page = (folder / "page.css").read_text()
    used = sorted(set(re.findall(r"var\((--[\w-]+)\)", rules)))
    pairs = {name: re.search(rf"{name}: light-dark\((#\w+), (#\w+)\)", page) for name in used}
    light, dark = (
        "".join(f"{name}:{found[n]};" for name, found in pairs.items() if found) for n in (1, 2)
    )
    themes = f"svg{{{light}}}@media (prefers-color-scheme:dark){{svg{{{dark}}}}}\n"
    return draw(themes + rules)
