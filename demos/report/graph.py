"""Draw a graph whose boxes may hold graphs, and on it what one run did."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from demos.report.layout import Point, lay_out
from demos.report.markup import tag
from demos.report.themes import themes

WIDTH, HEIGHT = 224.0, 40.0
PAD, HEAD, BESIDE = 14.0, 38.0, 22.0
CORNER, ASIDE = 7.0, 22.0
STYLE = Path(__file__).with_name("graph.css")
Look = Literal["done", "undone", "failed"]


@dataclass(frozen=True, slots=True)
class Box:
    """A step: its name, what it does, how long it ran, what it is in words, what it holds."""

    name: str
    does: str
    time: str
    said: str
    look: Look
    inside: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A way from one box to another, whether it was gone; ``caught`` names the errors for it."""

    start: str
    end: str
    gone: bool
    caught: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Boxes from top to bottom, the first one first; those of ``aside`` stand beside them."""

    boxes: Mapping[str, Box]
    ways: Sequence[Way]
    aside: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole graph; ``name`` sets its arrow heads apart from those of others on the page."""

    name: str
    title: str
    part: Part

    def drawing(self, style: str = "") -> Markup:
        """Draw it as part of a page; given a style sheet, on a ground of its own."""
        drawn = _part(self.part, self.name)
        edge = 24.0 if style else 6.0
        width, height = drawn.width + 2 * edge, drawn.height + 2 * edge
        return tag(
            "svg",
            tag("style", Markup(style)) if style else "",  # noqa: S704 (our own style sheet)
            tag("defs", _head(f"{self.name}-way"), _head(f"{self.name}-gone")),
            tag("rect", width=width, height=height, rx=18.0, class_="sheet") if style else "",
            _at(edge, edge, drawn.body),
            xmlns="http://www.w3.org/2000/svg" if style else None,
            viewBox=f"0 0 {width:g} {height:g}",
            width=width,
            role="img",
            aria_label=self.title,
            class_="graph",
        )

    def standalone(self) -> str:
        """Draw it for the documentation, as a file that brings its light and dark colours."""
        return self.drawing(themes(STYLE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A piece of the drawing that starts at 0, 0, and its size."""

    width: float
    height: float
    body: Markup


def _part(part: Part, name: str) -> Drawn:
    """Draw the boxes in layers; beside the first of them those that stand aside."""
    main = [box for box in part.boxes if box not in part.aside]
    drawn, taken = _layered(part, main, name)
    if not part.aside:
        return drawn
    after, _ = _layered(part, part.aside, name)
    deep = after.height + ASIDE
    x = max((right for top, right in taken if top < deep + BESIDE), default=0) + 2 * BESIDE
    words = tag("text", "after an error that no retry cures", x=x, y=12.0, class_="aside")
    body = _joined(drawn.body, words, _at(x, ASIDE, after.body))
    return Drawn(max(drawn.width, x + max(after.width, 200)), max(drawn.height, deep), body)


def _in_rows(parts: Sequence[Drawn]) -> Drawn:
    """Put parts beside one another, two in a row, so that the whole fits a page."""
    rows = [_side_by_side(parts[n : n + 2]) for n in range(0, len(parts), 2)]
    width, y, bodies = max(row.width for row in rows), 0.0, []
    for row in rows:
        bodies.append(_at((width - row.width) / 2, y, row.body))
        y += row.height + BESIDE
    return Drawn(width, y - BESIDE, _joined(*bodies))


def _side_by_side(parts: Sequence[Drawn]) -> Drawn:
    x, bodies = 0.0, []
    for part in parts:
        bodies.append(_at(x, 0, part.body))
        x += part.width + BESIDE
    return Drawn(x - BESIDE, max((part.height for part in parts), default=0), _joined(*bodies))


def _layered(part: Part, names: Sequence[str], name: str) -> tuple[Drawn, list[Point]]:
    """Draw some boxes; also say, as (top, right edge), what room boxes and lines take."""
    drawn = {box: _box(part.boxes[box], name) for box in names}
    ways = [way for way in part.ways if way.start in drawn and way.end in drawn]
    edges = [(way.start, way.end) for way in ways]
    layout = lay_out({n: (d.width, d.height) for n, d in drawn.items()}, edges, across=18)
    lines = [
        _line(points, way, name)
        for way in ways
        if (points := layout.lines.get((way.start, way.end)))
    ]
    boxes = [_at(*layout.places[n], d.body) for n, d in drawn.items()]
    taken = [(layout.places[n][1], layout.places[n][0] + d.width) for n, d in drawn.items()]
    taken += [(y, x) for points in layout.lines.values() for x, y in points]
    return Drawn(layout.width, layout.height, _joined(*lines, *boxes)), taken


def _box(box: Box, name: str) -> Drawn:
    said = tag("title", box.said)
    if not box.inside:
        parts = [said, _frame(WIDTH, HEIGHT), *_words(box, WIDTH)]
        return Drawn(WIDTH, HEIGHT, tag("g", *parts, class_=f"box {box.look}"))
    inner = _in_rows([_part(part, name) for part in box.inside])
    width, height = max(inner.width + 2 * PAD, WIDTH), inner.height + HEAD + PAD
    head = [said, _frame(width, height), *_words(box, width)]
    body = tag("g", *head, class_=f"box {box.look} holds")
    held = _at((width - inner.width) / 2, HEAD, inner.body)
    return Drawn(width, height, _joined(body, held))


def _frame(width: float, height: float) -> Markup:
    return tag("rect", x=0.0, y=0.0, width=width, height=height, rx=CORNER)


def _words(box: Box, width: float) -> list[Markup]:
    words = [
        tag("text", _cut(box.name, 26 if box.time else 33), x=10.0, y=17.0, class_="box-name"),
        tag("text", _cut(box.does, 40), x=10.0, y=31.0, class_="box-does"),
    ]
    if box.time:
        words.append(tag("text", box.time, x=width - 9, y=17.0, class_="box-time"))
    return words


def _line(points: Sequence[Point], way: Way, name: str) -> Markup:
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if abs(x0 - x1) < 0.5:
            path += f"L{x1:.1f} {y1:.1f}"
        else:
            bend = (y1 - y0) / 2
            path += f"C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}"
    look = "way" + (" gone" if way.gone else "") + (" caught" if way.caught else "")
    said = tag("title", f"on {way.caught}") if way.caught else ""
    head = f"url(#{name}-{'gone' if way.gone else 'way'})"
    return tag("path", said, d=path, class_=look, marker_end=head)


def _head(identity: str) -> Markup:
    return tag(
        "marker",
        tag("path", d="M0.500 1 7 4.500 0.500 8", class_="tip"),
        id=identity,
        viewBox="0 0 9 9",
        refX="6.5",
        refY="4.5",
        markerWidth="6.5",
        markerHeight="6.5",
        orient="auto",
    )


def _at(x: float, y: float, body: Markup) -> Markup:
    return tag("g", body, transform=f"translate({x:g} {y:g})")


def _cut(text: str, at_most: int) -> str:
    return text if len(text) <= at_most else f"{text[: at_most - 1]}\u2026"


def _joined(*parts: Markup) -> Markup:
    return Markup("").join(parts)
