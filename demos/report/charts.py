"""Draw charts as SVG that follows the colours of its page; their numbers stand in tables."""

from collections.abc import Sequence
from functools import singledispatch
from math import ceil, floor, log10

from markupsafe import Markup

from demos.report.blocks import Bar, Bars, Chart, Columns, Lines, Stretches, Timeline
from demos.report.markup import number, tag

SERIES = 6
NICE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
LETTER = 6.3  # room for a letter of a label


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


def interpolate(points: Sequence[tuple[float, float]], at: float) -> float:
    """Read a line between its points; beyond them the nearest one holds."""
    before = [p for p in points if p[0] <= at]
    after = [p for p in points if p[0] >= at]
    if not before or not after:
        return (before or after)[-1 if before else 0][1]
    (x0, y0), (x1, y1) = before[-1], after[0]
    return y0 if x0 == x1 else y0 + (y1 - y0) * (at - x0) / (x1 - x0)


@singledispatch
def draw(chart: Chart) -> Markup:
    """Draw a chart."""
    raise TypeError(f"no drawing of a {type(chart).__name__}; write one beside those of {__name__}")


@draw.register
def _(chart: Columns) -> Markup:
    """Draw upright columns; withheld ones are hatched at a tenth of the scale."""
    width, height, left, bottom, top = 340.0, 170.0, 30.0, 22.0, 14.0
    step = (width - left - 4) / max(len(chart.bars), 1)
    room = height - bottom - top
    every = ceil(len(chart.bars) / 8)  # labels side by side

    def y(value: float) -> float:
        return top + room * (1 - value / chart.maximum)

    grid = [
        tag("line", x1=left, x2=width, y1=y(t), y2=y(t), class_="grid" if t else "axis")
        + tag("text", number(t), x=left - 6, y=y(t) + 3.5, class_="tick end")
        for t in ticks(chart.maximum)
    ]
    peak = max((b.value for b in chart.bars if b.value is not None), default=0)
    drawn: list[Markup] = []
    for n, bar in enumerate(chart.bars):
        x = left + 4 + n * step
        value = chart.maximum / 10 if bar.value is None else bar.value
        said = "withheld" if bar.value is None else f"{number(value)} {chart.unit}"
        shape = tag(
            "rect",
            tag("title", f"{bar.label}: {said}"),
            x=x + step * 0.12,
            y=y(value),
            width=step * 0.76,
            height=max(room * value / chart.maximum, 1.5),
            rx=2.0,
            class_=_look(bar, chart.series),
        )
        drawn.append(shape)
        middle = x + step / 2
        if bar.value is not None and value == peak > 0:
            words = tag("text", number(value), x=middle, y=y(value) - 4, class_="value middle")
            drawn.append(words)
            peak = float("inf")
        if n % every == 0:
            drawn.append(tag("text", bar.label, x=middle, y=height - 6, class_="tick middle"))
    return _svg(width, height, chart.title, *grid, *drawn)


@draw.register
def _(chart: Bars) -> Markup:
    width, row, right = 340.0, 24.0, 62.0
    left = max(92.0, 12 + 1.1 * LETTER * max((len(bar.label) for bar in chart.bars), default=0))
    room = width - left - right
    drawn: list[Markup] = []
    for n, bar in enumerate(chart.bars):
        y = n * row
        length = room if bar.value is None else room * bar.value / chart.maximum
        said = "withheld" if bar.value is None else number(bar.value)
        drawn += [
            tag("text", bar.label, x=left - 8, y=y + 15.5, class_="label end"),
            tag("rect", x=left, y=y + 4, width=room, height=row - 8, rx=2.0, class_="track"),
            tag(
                "rect",
                tag("title", f"{bar.label}: {said} {chart.unit}"),
                x=left,
                y=y + 4,
                width=max(length, 1.5),
                height=row - 8,
                rx=2.0,
                class_=_look(bar, chart.series),
            ),
            tag("text", said, x=left + room + 6, y=y + 15.5, class_="value"),
        ]
    return _svg(width, max(row * len(chart.bars), row), chart.title, *drawn)


@draw.register
def _(chart: Lines) -> Markup:
    width, height = (700.0, 190.0) if chart.wide else (240.0, 130.0)
    left, bottom, top, right = 34.0, 34.0 if chart.x_name else 20.0, 12.0, 10.0
    top += 14 if chart.y_name else 0

    def x(value: float) -> float:
        return left + (width - left - right) * value / chart.x_end

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - value / chart.y_end)

    def written(value: float) -> str:
        return f"{value:.0%}" if chart.shares else f"{value:g}"

    grid = [
        tag("line", x1=left, x2=width - right, y1=y(v), y2=y(v), class_="grid" if v else "axis")
        + tag("text", written(v), x=left - 6, y=y(v) + 3.5, class_="tick end")
        for v in (0.0, chart.y_end / 2, chart.y_end)
    ]
    steps = 10 if chart.wide else 2
    grid += [
        tag("text", f"{v:g}", x=x(v), y=y(0) + 15, class_="tick middle")
        for v in (chart.x_end * n / steps for n in range(steps + 1))
    ]
    if chart.x_name:
        middle = (left + width - right) / 2
        grid.append(tag("text", chart.x_name, x=middle, y=height - 4, class_="tick middle"))
    if chart.y_name:
        grid.append(tag("text", f"\u2191 {chart.y_name}", x=0.0, y=10.0, class_="tick"))
    drawn: list[Markup] = []
    for n, line in enumerate(chart.lines):
        if not line.points:
            continue
        way = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in line.points)
        if len(chart.lines) == 1:
            first, last = line.points[0][0], line.points[-1][0]
            area = f"{x(first):.1f},{y(0):.1f} {way} {x(last):.1f},{y(0):.1f}"
            drawn.append(tag("polygon", points=area, class_=f"area {series(n)}"))
        said = tag("title", line.name)
        drawn.append(tag("polyline", said, points=way, class_=f"stroke {series(n)}"))
        drawn += [
            tag("circle", cx=x(at), cy=y(interpolate(line.points, at)), r=4.0,
                class_=f"fill {series(n)} dot")
            for at, _ in chart.marks
        ]  # fmt: skip
    for at, words in chart.marks if any(line.points for line in chart.lines) else ():
        drawn.insert(0, tag("line", x1=x(at), x2=x(at), y1=top - 6, y2=y(0), class_="mark"))
        if words:
            drawn.append(tag("text", words, x=x(at) + 5, y=top, class_="tick"))
    look = "chart wide" if chart.wide else "chart"
    return _svg(width, height, chart.title, *grid, *drawn, look=look)


@draw.register
def _(chart: Stretches) -> Markup:
    width, height, left, edge = 340.0, 116.0, 6.0, 16.0
    middle, room = height / 2, height / 2 - edge

    def x(place: float) -> float:
        return left + (width - 2 * left) * place / max(chart.length, 1)

    drawn = [
        tag("line", x1=left, x2=width - left, y1=y, y2=y, class_="grid")
        for y in (middle - room, middle + room)
    ]
    for stretch in chart.stretches:
        tall = max(abs(stretch.value) * room, 1.0)
        drawn.append(
            tag(
                "rect",
                tag("title", stretch.said),
                x=x(stretch.begin),
                y=middle - tall if stretch.value >= 0 else middle,
                width=max(x(stretch.end) - x(stretch.begin) - 1, 1.0),
                height=tall,
                class_=f"fill {series(0 if stretch.value >= 0 else 1)}",
            )
        )
    drawn += [
        tag("line", x1=left, x2=width - left, y1=middle, y2=middle, class_="axis"),
        tag("text", f"\u2191 {chart.above}", x=left, y=edge - 5, class_="tick"),
        tag("text", f"\u2193 {chart.below}", x=left, y=height - 4, class_="tick"),
    ]
    return _svg(width, height, chart.title, *drawn)


@draw.register
def _(chart: Timeline) -> Markup:
    width, row, right, bottom = 900.0, 26.0, 58.0, 22.0
    left = 14 + LETTER * max((len(name) for name, _ in chart.spans), default=0)
    end = sum(seconds for _, seconds in chart.spans) or 1.0
    every = nice_maximum(end / 7)
    maximum = ceil(end / every) * every
    room = width - left - right
    height = row * len(chart.spans) + bottom
    drawn = [
        tag("line", x1=x, x2=x, y1=0.0, y2=height - bottom, class_="grid")
        + tag("text", f"{t:g} s", x=x, y=height - 6, class_="tick middle")
        for t in (every * n for n in range(round(maximum / every) + 1))
        for x in [left + room * t / maximum]
    ]
    start = 0.0
    for n, (name, seconds) in enumerate(chart.spans):
        x = left + room * start / maximum
        length = max(room * seconds / maximum, 2.0)
        start += seconds
        drawn += [
            tag("text", name, x=left - 10, y=n * row + 17, class_="label end"),
            tag(
                "rect",
                tag("title", f"{name}: {seconds:.1f} s"),
                x=x,
                y=n * row + 5,
                width=length,
                height=row - 10,
                rx=2.0,
                class_=f"fill {series(0)}",
            ),
            tag("text", f"{seconds:.1f} s", x=x + length + 6, y=n * row + 17, class_="value"),
        ]
    return _svg(width, height, chart.title, *drawn)


def _look(bar: Bar, colour: int) -> str:
    return bar.look or ("hatched" if bar.value is None else f"fill {series(colour)}")


def _svg(width: float, height: float, title: str, *children: Markup, look: str = "chart") -> Markup:
    return tag(
        "svg",
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=title,
        class_=look,
    )
