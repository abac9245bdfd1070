"""Draw an architecture: zones, nodes with a glyph, and arrows that turn at right angles."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from demos.report.glyphs import GLYPHS
from demos.report.markup import tag
from demos.report.themes import themes

HERE = Path(__file__).parent
MARGIN, GAP = 16.0, 14.0  # of the boxes on a strip


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
class Strip:
    """What serves all of it: below the zones, as wide as they are, so many boxes side by side."""

    x: float
    y: float
    width: float
    boxes: Sequence[tuple[str, str, str]]

    def zone(self) -> Markup:
        """Draw its ground."""
        return tag(
            "rect", x=self.x, y=self.y, width=self.width, height=74.0, rx=16.0, class_="zone"
        )

    def nodes(self) -> list[Node]:
        """Share its width among the boxes."""
        width = (self.width - 2 * MARGIN - (len(self.boxes) - 1) * GAP) / len(self.boxes)
        return [
            Node(self.x + MARGIN + n * (width + GAP), self.y + 10, width, 54, *words)
            for n, words in enumerate(self.boxes)
        ]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A way through points, each straight above or beside the one before it."""

    points: Sequence[tuple[float, float]]
    label: str = ""
    at: tuple[float, float] = (0, 0)
    anchor: str = "middle"
    style: str = ""
    both: bool = False


def node(n: Node) -> Markup:
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


def zone(z: Zone) -> Markup:
    """Draw a zone with its name and its rule at the top."""
    return tag(
        "g",
        tag("rect", x=z.x, y=z.y, width=z.width, height=z.height, rx=16.0, class_="zone"),
        tag("text", z.name, x=z.x + 18, y=z.y + 27, class_="zone-name"),
        tag("text", z.rule, x=z.x + 18, y=z.y + 45, class_="service"),
    )


def arrow(a: Arrow) -> Markup:
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


@dataclass(frozen=True, slots=True)
class Diagram:
    """An architecture on one sheet; ``label`` says it in words."""

    width: float
    height: float
    label: str
    zones: Sequence[Zone]
    nodes: Sequence[Node]
    arrows: Sequence[Arrow]
    strip: Strip

    def drawing(self, style: str = "") -> Markup:
        """Draw it as part of a page; given a style sheet, on a ground of its own."""
        sheet = tag("rect", width=self.width, height=self.height, rx=18.0, class_="sheet")
        return tag(
            "svg",
            tag("style", Markup(style)) if style else "",  # noqa: S704 (our own style sheet)
            tag("defs", _arrow_head()),
            sheet if style else "",
            *map(zone, self.zones),
            self.strip.zone(),
            *map(node, self.strip.nodes()),
            *map(arrow, self.arrows),
            *map(node, self.nodes),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width:g} {self.height:g}",
            role="img",
            aria_label=self.label,
            class_="diagram",
        )

    def standalone(self) -> str:
        """Draw it for the documentation, as a file that brings its light and dark colours."""
        return self.drawing(themes((HERE / "diagram.css").read_text(encoding="utf-8")))


def _arrow_head() -> Markup:
    return tag(
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
