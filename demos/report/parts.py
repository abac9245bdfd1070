"""The parts of a page that every demo has: figures, verdict, times, costs, stand-ins."""

from collections.abc import Iterable, Sequence

from demos.report import charts
from demos.report.charts import Span
from demos.report.html import Html, join, tag
from demos.report.page import Section
from demos.results import Cost, Phase

ALARM = "M12 4 2.500 20h19zM12 10v5M12 17.500v.500"
TICK = "M4 12.500 9.500 18 20 6.500"


def figures(shown: Iterable[tuple[str, str, str]]) -> Html:
    """Set a few numbers large: what it is, the number, its unit."""
    boxes = (
        tag("div", tag("dt", label), tag("dd", value, tag("small", unit)))
        for label, value, unit in shown
    )
    return tag("dl", *boxes, class_="figures")


def facts(shown: Iterable[tuple[str, float]]) -> Html:
    """Set some numbers beside one another."""
    boxes = (tag("div", tag("dt", what), tag("dd", charts.number(n))) for what, n in shown)
    return tag("dl", *boxes, class_="facts")


def verdict(wrong: Sequence[str], praise: str, because: str) -> Html:
    """Praise, and say why; or list what is wrong."""
    if wrong:
        words = tag("ul", *(tag("li", problem) for problem in wrong))
    else:
        words = tag("p", tag("strong", f"{praise} "), because)
    glyph = tag(
        "svg", tag("path", d=ALARM if wrong else TICK), viewBox="0 0 24 24", aria_hidden="true"
    )
    return tag("div", glyph, words, class_="verdict bad" if wrong else "verdict", role="status")


def architecture(picture: Html) -> Html:
    """Frame the picture of an architecture, so that it scrolls where it does not fit."""
    return tag(
        "div",
        picture,
        class_="architecture",
        tabindex="0",
        role="region",
        aria_label="The architecture",
    )


def phases_section(phases: Sequence[Phase], lead: str) -> Section:
    """Draw the phases of a run one after another."""
    spans, start = [], 0.0
    for phase in phases:
        spans.append(Span(phase.name, start, phase.seconds))
        start += phase.seconds
    rows = [(phase.name, round(phase.seconds, 1)) for phase in phases]
    return Section(
        "time",
        "Where the time went",
        lead,
        charts.timeline(spans, colour="s1", title="The phases of this run")
        + charts.behind("The phases", ["Phase", "Seconds"], rows),
    )


def costs_section(costs: Sequence[Cost], lead: str) -> Section:
    """Tabulate what a run would cost."""
    rows = [(c.item, f"{c.low:.5f}", f"{c.high:.5f}", c.why) for c in costs]
    low, high = sum(c.low for c in costs), sum(c.high for c in costs)
    return Section(
        "cost",
        "What this run would cost at AWS",
        f"${low:.3f} to ${high:.3f} at list prices of us-east-1: {lead}",
        charts.table("A good day and a bad one", ["Item", "Low, $", "High, $", "Because"], rows),
    )


def stand_ins_section(stand_ins: Iterable[tuple[str, str, str]], lead: str) -> Section:
    """Say what is real in a run, and what is not."""
    rows = [
        (what, tag("span", mark, class_="tagged" if mark == "real" else "tagged standin"), how)
        for what, mark, how in stand_ins
    ]
    return Section(
        "stand-ins",
        "What is real here, and what stands in",
        lead,
        charts.table("In this sandbox", ["What", "Is", "How"], rows),
    )


def responsibility_section(points: Iterable[str]) -> Section:
    """List what an architecture is for, and what it must not be used for."""
    return Section(
        "responsibility",
        "Responsible use",
        "What this architecture is for, and what it must not be used for.",
        tag("ul", *(tag("li", point) for point in points), class_="plain"),
    )


def hero(eyebrow: str, title: str, sub: str, *rest: Html) -> Html:
    """Say in one screen what it is about."""
    return join(
        [
            tag("p", eyebrow, class_="eyebrow"),
            tag("h1", title),
            tag("p", sub, class_="sub"),
            *rest,
        ]
    )
