"""The parts of a page that every demo has: figures, verdict, picture, proof."""

from collections.abc import Iterable, Sequence

from demos.report import tables
from demos.report.diagram import Diagram
from demos.report.glyphs import GLYPHS
from demos.report.html import Html, join, tag
from demos.report.page import Section
from demos.results import Results

Figure = tuple[str, str, str]


def figures(shown: Iterable[Figure]) -> Html:
    """Set a few numbers large: what it is, the number, its unit."""
    boxes = (
        tag("div", tag("dt", label), tag("dd", value, tag("small", unit)))
        for label, value, unit in shown
    )
    return tag("dl", *boxes, class_="figures")


def facts(shown: Iterable[tuple[str, float]]) -> Html:
    """Set some numbers beside one another."""
    boxes = (tag("div", tag("dt", what), tag("dd", tables.number(n))) for what, n in shown)
    return tag("dl", *boxes, class_="facts")


def verdict(wrong: Sequence[str], praise: str, because: str) -> Html:
    """Praise, and say why; or list what is wrong."""
    if wrong:
        words = tag("ul", *(tag("li", problem) for problem in wrong))
    else:
        words = tag("p", tag("strong", f"{praise} "), because)
    path = tag("path", d=GLYPHS["warning" if wrong else "tick"])
    glyph = tag("svg", path, viewBox="0 0 24 24", aria_hidden="true")
    return tag("div", glyph, words, class_="verdict bad" if wrong else "verdict", role="status")


def flow_section(picture: Diagram, lead: str) -> Section:
    """Show the picture of an architecture."""
    body = tables.scrolling(picture.drawing(), "The architecture")
    return Section("flow", "How it flows", lead, body)


def proof_section(counts: Iterable[tuple[str, int, int, str]], lead: str, note: str) -> Section:
    """Set what was found beside what was expected: what, both, and which means."""
    heads = ["What", "Expected", "Found", "Which means"]
    return Section(
        "proof",
        "Nothing lost, nothing twice",
        lead,
        tables.table("Expected and found", heads, list(counts)) + tag("p", note, class_="small"),
    )


def hero(
    results: Results, *, eyebrow: str, title: str, sub: str, shown: Iterable[Figure], verdict: Html
) -> Html:
    """Say in one screen what it is about, what came out, and how long it took."""
    return join(
        [
            tag("p", eyebrow, class_="eyebrow"),
            tag("h1", title),
            tag("p", sub, class_="sub"),
            figures((*shown, ("from start to finish", f"{results.seconds:.0f}", " s"))),
            verdict,
        ]
    )
