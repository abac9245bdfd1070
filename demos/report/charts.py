"""Draw small SVG charts; the numbers behind them stand in tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from demos.report.html import Html, tag
from demos.report.tables import number

SERIES = 6
NICE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
HATCH, QUIET = "hatched", "quiet"
LETTER = 6.3  # room for a letter of a label


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a chart; ``None`` is withheld, ``look`` replaces the series' class."""

    label: str
    value: float | None
    look: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of an axis, and a value between -1 and 1 that holds along it."""

    begin: float
    end: float
    value: float
    said: str


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of a timeline, in seconds from its start."""

    label: str
    start: float
    seconds: float


def series(index: int) -> str:
    """Name the colour class of the n-th thing; colours repeat after six."""
    return f"s{index % SERIES + 1}"


def nice_maximum(value: float) -> float:
    """Round up to a few times a power of ten, so that gridlines read well."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in NICE if value <= step * power * (1 + 1e-9))


def ticks(maximum: float, at_most: int = 4) -> list[float]:
    """Choose whole gridlines from zero to a nice maximum."""
    steps = next((n for n in (at_most, 5, 3, 2) if maximum / n == floor(maximum / n)), 2)
    return [maximum * n / steps for n in range(steps + 1)]


def columns(
    bars: Sequence[Bar], *, maximum: float, colour: str, title: str, unit: str, every: int = 2
) -> Html:
    """Draw upright columns on a shared scale; withheld ones are hatched at a tenth of it."""
    width, height, left, bottom, top = 340.0, 170.0, 30.0, 22.0, 14.0
    step = (width - left - 4) / max(len(bars), 1)
    room = height - bottom - top

    def y(value: float) -> float:
        return top + room * (1 - value / maximum)

    grid = [
        tag("line", x1=left, x2=width, y1=y(t), y2=y(t), class_="grid" if t else "axis")
        + tag("text", number(t), x=left - 6, y=y(t) + 3.5, class_="tick end")
        for t in ticks(maximum)
    ]
    peak = max((b.value for b in bars if b.value is not None), default=0)
    drawn: list[Html] = []
    for n, bar in enumerate(bars):
        x = left + 4 + n * step
        value = maximum / 10 if bar.value is None else bar.value
        said = "withheld" if bar.value is None else f"{number(value)} {unit}"
        shape = tag(
            "rect",
            tag("title", f"{bar.label}: {said}"),
            x=x + step * 0.12,
            y=y(value),
            width=step * 0.76,
            height=max(room * value / maximum, 1.5),
            rx=2.0,
            class_=HATCH if bar.value is None else f"fill {colour}",
        )
        drawn.append(shape)
        middle = x + step / 2
        if bar.value is not None and value == peak > 0:
            drawn.append(
                tag("text", number(value), x=middle, y=y(value) - 4, class_="value middle")
            )
            peak = float("inf")
        if n % every == 0:
            drawn.append(tag("text", bar.label, x=middle, y=height - 6, class_="tick middle"))
    return _svg(width, height, title, *grid, *drawn)


def bars(rows: Sequence[Bar], *, maximum: float, colour: str, title: str, unit: str) -> Html:
    """Draw lying bars with their labels before and their values behind them."""
    width, row, left, right = 340.0, 24.0, 92.0, 62.0
    room = width - left - right
    drawn: list[Html] = []
    for n, bar in enumerate(rows):
        y = n * row
        length = room if bar.value is None else room * bar.value / maximum
        said = "withheld" if bar.value is None else number(bar.value)
        drawn += [
            tag("text", bar.label, x=left - 8, y=y + 15.5, class_="label end"),
            tag("rect", x=left, y=y + 4, width=room, height=row - 8, rx=2.0, class_="track"),
            tag(
                "rect",
                tag("title", f"{bar.label}: {said} {unit}"),
                x=left,
                y=y + 4,
                width=max(length, 1.5),
                height=row - 8,
                rx=2.0,
                class_=bar.look or (HATCH if bar.value is None else f"fill {colour}"),
            ),
            tag("text", said, x=left + room + 6, y=y + 15.5, class_="value"),
        ]
    return _svg(width, max(row * len(rows), row), title, *drawn)


def profile(
    points: Sequence[tuple[float, float]], *, mark: float | None, colour: str, title: str
) -> Html:
    """Draw the share that is left (0..1) at each threshold (0..100), and the one chosen."""
    width, height, left, bottom, top, right = 240.0, 130.0, 34.0, 20.0, 12.0, 10.0

    def x(threshold: float) -> float:
        return left + (width - left - right) * threshold / 100

    def y(share: float) -> float:
        return top + (height - top - bottom) * (1 - share)

    grid = [
        tag("line", x1=left, x2=width - right, y1=y(s), y2=y(s), class_="grid" if s else "axis")
        + tag("text", f"{s:.0%}", x=left - 6, y=y(s) + 3.5, class_="tick end")
        for s in (0.0, 0.5, 1.0)
    ]
    grid += [tag("text", f"{t}", x=x(t), y=height - 5, class_="tick middle") for t in (0, 50, 100)]
    line = " ".join(f"{x(t):.1f},{y(s):.1f}" for t, s in points)
    drawn = [tag("polyline", points=line, class_=f"stroke {colour}")] if points else []
    if points:
        first, last = points[0][0], points[-1][0]
        area = f"{x(first):.1f},{y(0):.1f} {line} {x(last):.1f},{y(0):.1f}"
        drawn.insert(0, tag("polygon", points=area, class_=f"area {colour}"))
    if mark is not None and points:
        share = interpolate(points, mark)
        drawn += [
            tag("line", x1=x(mark), x2=x(mark), y1=top - 6, y2=y(0), class_="mark"),
            tag("circle", cx=x(mark), cy=y(share), r=4.0, class_=f"fill {colour} dot"),
        ]
    return _svg(width, height, title, *grid, *drawn)


def interpolate(points: Sequence[tuple[float, float]], at: float) -> float:
    """Read a line between its points; beyond them the nearest one holds."""
    before = [p for p in points if p[0] <= at]
    after = [p for p in points if p[0] >= at]
    if not before or not after:
        return (before or after)[-1 if before else 0][1]
    (x0, y0), (x1, y1) = before[-1], after[0]
    return y0 if x0 == x1 else y0 + (y1 - y0) * (at - x0) / (x1 - x0)


def diverging(
    stretches: Sequence[Stretch], *, length: float, above: str, below: str, title: str
) -> Html:
    """Draw stretches that rise above or fall below a line in the middle."""
    width, height, left, edge = 340.0, 116.0, 6.0, 16.0
    middle, room = height / 2, height / 2 - edge

    def x(place: float) -> float:
        return left + (width - 2 * left) * place / max(length, 1)

    drawn = [
        tag("line", x1=left, x2=width - left, y1=y, y2=y, class_="grid")
        for y in (middle - room, middle + room)
    ]
    for stretch in stretches:
        tall = max(abs(stretch.value) * room, 1.0)
        drawn.append(
            tag(
                "rect",
                tag("title", stretch.said),
                x=x(stretch.begin),
                y=middle - tall if stretch.value >= 0 else middle,
                width=max(x(stretch.end) - x(stretch.begin) - 1, 1.0),
                height=tall,
                class_=f"fill {'s1' if stretch.value >= 0 else 's2'}",
            )
        )
    drawn += [
        tag("line", x1=left, x2=width - left, y1=middle, y2=middle, class_="axis"),
        tag("text", f"\u2191 {above}", x=left, y=edge - 5, class_="tick"),
        tag("text", f"\u2193 {below}", x=left, y=height - 4, class_="tick"),
    ]
    return _svg(width, height, title, *drawn)


def timeline(spans: Sequence[Span], *, colour: str, title: str) -> Html:
    """Draw what happened when, one row each, on one scale of seconds."""
    width, row, right, bottom = 900.0, 26.0, 58.0, 22.0
    left = 14 + LETTER * max((len(s.label) for s in spans), default=0)
    end = max((s.start + s.seconds for s in spans), default=1.0)
    every = nice_maximum(end / 7)
    maximum = ceil(end / every) * every
    room = width - left - right
    height = row * len(spans) + bottom
    drawn = [
        tag("line", x1=x, x2=x, y1=0.0, y2=height - bottom, class_="grid")
        + tag("text", f"{t:g} s", x=x, y=height - 6, class_="tick middle")
        for t in (every * n for n in range(round(maximum / every) + 1))
        for x in [left + room * t / maximum]
    ]
    for n, span in enumerate(spans):
        x = left + room * span.start / maximum
        length = max(room * span.seconds / maximum, 2.0)
        drawn += [
            tag("text", span.label, x=left - 10, y=n * row + 17, class_="label end"),
            tag(
                "rect",
                tag("title", f"{span.label}: {span.seconds:.1f} s"),
                x=x,
                y=n * row + 5,
                width=length,
                height=row - 10,
                rx=2.0,
                class_=f"fill {colour}",
            ),
            tag("text", f"{span.seconds:.1f} s", x=x + length + 6, y=n * row + 17, class_="value"),
        ]
    return _svg(width, height, title, *drawn)


def _svg(width: float, height: float, title: str, *children: Html) -> Html:
    return tag(
        "svg",
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=title,
        class_="chart",
    )
