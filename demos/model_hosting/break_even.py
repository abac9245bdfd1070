"""What each kind of hosting costs a month, by requests, and where two of them cost the same."""

from math import log10
from pathlib import Path

from markupsafe import Markup

from costs.model_hosting import REQUESTS, break_even, kinds
from demos.report.charts import series
from demos.report.markup import tag
from demos.report.themes import themes

CSS = Path(__file__).with_name("break_even.css")
WIDTH, HEIGHT = 760.0, 400.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 176.0, 34.0, 52.0
LEAST, MOST = 0.01, 1_000.0  # dollars a month, both ends of the axis
POINTS = 60
SAME = {"real-time": "real-time, inference pipeline"}  # one line, as their instances are the same


def picture() -> str:
    """Draw it for the documentation, with its own light and dark colours."""
    ends = REQUESTS[0], REQUESTS[-1]
    counts = [
        round(ends[0] * (ends[1] / ends[0]) ** (step / (POINTS - 1))) for step in range(POINTS)
    ]
    drawn = [each for each in kinds(counts) if each.kind != "inference-pipeline"]
    lines = [
        _line(n, SAME.get(each.kind, each.kind), list(zip(counts, each.dollars, strict=True)))
        for n, each in enumerate(drawn)
    ]
    at = break_even()
    crossing = [
        tag("line", x1=_x(at), x2=_x(at), y1=TOP - 8, y2=_y(LEAST), class_="mark"),
        tag("text", f"{at / 1e6:,.0f} million", x=_x(at) - 6, y=TOP - 2, class_="tick end"),
    ]
    told = "Dollars a month for each kind of hosting by requests a month, both by powers of ten"
    sheet = themes(CSS.read_text(encoding="utf-8"))
    drawing = tag(
        "svg",
        tag("style", Markup(sheet)),  # noqa: S704 (our own style sheet)
        tag("rect", width=WIDTH, height=HEIGHT, rx=18.0, class_="sheet"),
        *_axes(),
        *crossing,
        *lines,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        role="img",
        aria_label=f"{told}: serverless costs as much as two instances at {at / 1e6:,.0f} million.",
        class_="break-even",
    )
    return str(drawing)


def _x(requests: float) -> float:
    first, last = log10(REQUESTS[0]), log10(REQUESTS[-1])
    return LEFT + (WIDTH - LEFT - RIGHT) * (log10(requests) - first) / (last - first)


def _y(dollars: float) -> float:
    share = (log10(max(dollars, LEAST)) - log10(LEAST)) / (log10(MOST) - log10(LEAST))
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def _line(n: int, name: str, points: list[tuple[int, float]]) -> Markup:
    way = " ".join(f"{_x(requests):.1f},{_y(dollars):.1f}" for requests, dollars in points)
    last = points[-1]
    return tag("polyline", tag("title", name), points=way, class_=f"stroke {series(n)}") + tag(
        "text", name, x=_x(last[0]) + 8, y=_y(last[1]) + 4, class_="name"
    )


def _axes() -> list[Markup]:
    dollars = [10.0**power for power in range(round(log10(LEAST)), round(log10(MOST)) + 1)]
    counts = [10**power for power in range(len(str(REQUESTS[0])) - 1, len(str(REQUESTS[-1])))]
    across = [
        tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=_y(each), y2=_y(each), class_="grid")
        + tag("text", f"${each:,g}", x=LEFT - 8, y=_y(each) + 4, class_="tick end")
        for each in dollars
    ]
    upright = [
        tag("line", x1=_x(each), x2=_x(each), y1=TOP, y2=_y(LEAST), class_="grid")
        + tag("text", f"{each:,}", x=_x(each), y=_y(LEAST) + 18, class_="tick middle")
        for each in counts
    ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    named = tag("text", "requests a month", x=middle, y=HEIGHT - 12, class_="tick middle")
    return [*across, *upright, named]
