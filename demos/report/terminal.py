"""Show a report in a terminal: its brief sections, without colours where there are none."""

from collections.abc import Sequence
from functools import singledispatch

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text as Words

from demos.report.blocks import (
    Badge,
    Bar,
    Bars,
    Block,
    Checks,
    Columns,
    Figures,
    Folded,
    Heading,
    Inline,
    Key,
    Legend,
    Lines,
    Panel,
    Panels,
    Passage,
    Pictures,
    Small,
    Stretches,
    Strong,
    Table,
    Text,
    Timeline,
    Transcript,
)
from demos.report.diagram import Diagram
from demos.report.graph import Graph, Part
from demos.report.markup import number, prose, visible
from demos.report.sections import Report

RISING = "▁▂▃▄▅▆▇█"
ZERO, HIDDEN = "·", "░"
WIDEST_BAR = 16
NARROW = 14  # letters that a column has room for at least, if its cells are so long
CROWDED = 5  # columns, from which on keys are cut shorter
COLOURS = {"good": "green", "bad": "red", "warn": "yellow", "code": "yellow", "accent": "cyan"}
Shown = list[RenderableType]


def show(console: Console, report: Report) -> None:
    """Print the brief sections of a report."""
    for section in report.sections:
        if section.brief:
            console.print("\n", _words(section.heading, "bold"), "\n", sep="")
            for block in section.blocks:
                for shown in text(block, console.width):
                    console.print(shown)


@singledispatch
def text(block: Block, width: int) -> Shown:
    """Make of a block what rich prints, as wide as this; nothing of what is folded."""
    raise TypeError(f"no way to print a {type(block).__name__}; write one in {__name__}")


@text.register
def _(block: Figures, width: int) -> Shown:
    return [_words(", ".join(f"{number(f.value)}{f.unit} {f.label}" for f in block.figures))]


@text.register
def _(block: Text, width: int) -> Shown:
    dot = "• " if block.look == "list" else ""
    style = "" if block.look == "plain" else "dim"
    return [Words(dot, style).append(_inline(one, width)) for one in block.paragraphs]


@text.register
def _(block: Table, width: int) -> Shown:
    kept = [n for n, head in enumerate(block.heads) if not head.startswith("+")]
    made = grid(*((">" if block.numeric[n] else "") + block.heads[n] for n in kept))
    room = width if len(kept) < CROWDED else width // 2
    rows = [[_inline(row[n], room) for n in kept] for row in block.rows]
    for n, column in zip(kept, made.columns, strict=True):
        longest = max((len(row[kept.index(n)]) for row in rows), default=0)
        has_keys = any(isinstance(row[n], Key) for row in block.rows)
        column.min_width = longest if has_keys else min(longest, NARROW)
    for row in rows:
        made.add_row(*row)
    return [made] if rows else []


@text.register
def _(block: Columns, width: int) -> Shown:
    return _panels([Panel(block.title, [block])], width)


@text.register
def _(block: Bars, width: int) -> Shown:
    return _panels([Panel(block.title, [block])], width)


@text.register
def _(block: Lines, width: int) -> Shown:
    return _panels([Panel(block.title, [block])], width)


@text.register
def _(block: Stretches, width: int) -> Shown:
    words = (f"{s.said}: {s.value:+.2f}" for s in block.stretches)
    return [_words(f"{block.title}: {', '.join(words)}")]


@text.register
def _(block: Timeline, width: int) -> Shown:
    bars = Bars(block.title, [Bar(*span) for span in block.spans], _most(block.spans), "s")
    return text(bars, width)


@text.register
def _(block: Pictures, width: int) -> Shown:
    made = grid("picture", "")
    for one in block.pictures:
        made.add_row(_inline(one.key, width), _words(one.caption))
    return [made]


@text.register
def _(block: Passage, width: int) -> Shown:
    words = Words()
    for piece, _, marks in block.pieces():
        looks = {"underline" if mark.look == "entity" else "reverse" for mark in marks}
        words.append(_words(piece, " ".join(sorted(looks))))
    return [words]


@text.register
def _(block: Transcript, width: int) -> Shown:
    head = Words.assemble(_inline(block.key, width), "  ", _words(block.caption, "dim"))
    return [head, Padding(_words(block.text), (0, 2, 1, 2))]


@text.register
def _(block: Legend, width: int) -> Shown:
    samples = ((HIDDEN if look == "hatched" else sample, said) for look, sample, said in
               block.entries)  # fmt: skip
    return [_words(f"{sample} {said}".strip(), "dim") for sample, said in samples]


@text.register
def _(block: Panels, width: int) -> Shown:
    return _panels(block.panels, width)


@text.register
def _(block: Heading, width: int) -> Shown:
    return [Words("").append(_inline(block.words, width))]


@text.register
def _(block: Folded, width: int) -> Shown:
    if not block.open:
        return []
    inside = [shown for one in block.blocks for shown in text(one, width - 2)]
    return [_inline(block.summary, width), *(Padding(shown, (0, 0, 0, 2)) for shown in inside)]


@text.register
def _(block: Checks, width: int) -> Shown:
    made = grid("", ">expected", ">found")
    for check in block.checks:
        colour = "green" if check.passed else "red"
        found = _words(_number(check.found), colour)
        made.add_row(_words(check.what), _words(_number(check.expected)), found)
    return [made]


@text.register
def _(block: Diagram, width: int) -> Shown:
    return [_words(block.label)]


@text.register
def _(block: Graph, width: int) -> Shown:
    made = grid("step", ">time")
    for name, time in _done(block.part):
        made.add_row(_words(name), _words(time))
    return [_words(block.title), made]


def sparkline(values: Sequence[float | None], maximum: float) -> str:
    """Draw one character per value: a dot for zero, a shade for a withheld one."""
    return "".join(_block(value, maximum) for value in values)


def _block(value: float | None, maximum: float) -> str:
    if value is None:
        return HIDDEN
    if value == 0:
        return ZERO
    return RISING[min(round((len(RISING) - 1) * value / max(maximum, 1)), len(RISING) - 1)]


def _panels(panels: Sequence[Panel], width: int) -> Shown:
    """Set charts of one kind below one another, a line for each; all else one after another."""
    charts = [panel.blocks[0] for panel in panels if len(panel.blocks) == 1]
    bars = [chart for chart in charts if isinstance(chart, Bars)]
    curves = [chart for chart in charts if isinstance(chart, Columns | Lines)]
    if len(bars) == len(panels):
        return [_bars(bars, [_inline(panel.heading, width) for panel in panels])]
    if len(curves) == len(panels):
        made = grid("", _axis(curves), "")
        for panel, chart in zip(panels, curves, strict=True):
            for name, line in _curves(chart):
                made.add_row(
                    _inline(panel.heading, width).append(_words(name)), line, _words(panel.aside)
                )
        return [made]
    return [
        shown
        for panel in panels
        for shown in (
            Words.assemble(_inline(panel.heading, width), "  ", _words(panel.aside, "dim")),
            *(shown for one in panel.blocks for shown in text(one, width)),
        )
    ]


def _bars(charts: Sequence[Bars], names: Sequence[Words]) -> Grid:
    made = grid("", *(name.plain for name in names))
    maximum = max(chart.maximum for chart in charts)
    for row in zip(*(chart.bars for chart in charts), strict=True):
        cells = [
            Words.assemble(
                f"{HIDDEN if bar.value is None else number(bar.value):>4} ",
                ("█" * round(WIDEST_BAR * (bar.value or 0) / maximum), "cyan"),
            )
            for bar in row
        ]
        made.add_row(_words(row[0].label), *cells, style="dim" if row[0].look else None)
    return made


def _axis(charts: Sequence[Columns | Lines]) -> str:
    first = charts[0]
    if isinstance(first, Lines):
        return f"0 to {first.x_end:g} {first.x_name}".strip()
    labels = [bar.label for bar in first.bars]
    return f"{labels[0]} to {labels[-1]}" if labels else ""


def _curves(chart: Columns | Lines) -> list[tuple[str, str]]:
    if isinstance(chart, Columns):
        return [("", sparkline([bar.value for bar in chart.bars], chart.maximum))]
    scaled = [(line.name, [100 * y / chart.y_end for _, y in line.points]) for line in chart.lines]
    several = len(scaled) > 1
    return [(f" {name}" if several else "", sparkline(ys, 100)) for name, ys in scaled]


def _done(part: Part) -> list[tuple[str, str]]:
    return [
        found
        for one in part.boxes.values()
        for found in (
            *([(one.name, one.time)] if one.look != "undone" else []),
            *(inner for held in one.inside for inner in _done(held)),
        )
    ]


def _inline(value: Inline, width: int) -> Words:
    """Write words of a line; a long key keeps its end."""
    if isinstance(value, tuple):
        return Words(" ").join(_inline(part, width) for part in value)
    if isinstance(value, Key):
        shown, widest = visible(value.name), max(width // 2 - 2, 12)
        return Words(shown if len(shown) <= widest else f"…{shown[1 - widest :]}")
    if isinstance(value, Badge):
        return _words(value.words, COLOURS.get(value.look, ""))
    if isinstance(value, Small):
        return _words(value.words, "dim")
    if isinstance(value, Strong):
        return _words(value.words, "bold")
    return _words(_number(value))


def _number(value: str | float) -> str:
    return value.replace("\u00a0", " ") if isinstance(value, str) else number(value)


def _most(spans: Sequence[tuple[str, float]]) -> float:
    return max((seconds for _, seconds in spans), default=0) or 1.0


def grid(*heads: str) -> Grid:
    """Begin a table; a column whose head starts with ``>`` holds numbers."""
    made = Grid(header_style="dim", box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        name = _words(head.removeprefix(">"))
        right = head.startswith(">")
        made.add_column(name, justify="right" if right else "left", overflow="fold")
    return made


def _words(value: str, style: str = "") -> Words:
    """Write a text in which nothing is markup, nothing hides and nothing turns its neighbours."""
    return Words.assemble((prose(value), style))
