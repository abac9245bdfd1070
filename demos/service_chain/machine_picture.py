"""Draw a state machine, and on it what one execution did."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demos.report.graph import Point, lay_out
from demos.report.html import Html, join, tag
from demos.service_chain.machine import Machine, State, taken
from demos.service_chain.results import Run, Visit

WIDTH, HEIGHT = 224.0, 40.0
PAD, HEAD, BESIDE = 14.0, 38.0, 22.0
CORNER, ASIDE = 7.0, 22.0
TIMES = "\u00d7"


@dataclass(frozen=True, slots=True)
class Done:
    """What an execution did: its visits, the ways it went, and the picture's name."""

    visits: Mapping[str, Visit]
    ways: set[tuple[str, str]]
    name: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A piece of the drawing that starts at 0, 0, and its size."""

    width: float
    height: float
    body: Html


def picture(machine: Machine, run: Run, *, title: str, name: str) -> Html:
    """Draw the whole machine; ``name`` sets its arrow heads apart from other pictures'."""
    drawn = _machine(machine, Done(run.states, taken(machine, run.trails), name))
    edge = 6.0
    return tag(
        "svg",
        tag("defs", _head(f"{name}-way"), _head(f"{name}-gone")),
        _at(edge, edge, drawn.body),
        viewBox=f"0 0 {drawn.width + 2 * edge:g} {drawn.height + 2 * edge:g}",
        width=drawn.width + 2 * edge,
        role="img",
        aria_label=title,
        class_="machine",
    )


def _machine(machine: Machine, done: Done) -> Drawn:
    """Draw the states in layers; beside the first of them those that follow a failure of any."""
    main = [state for state in machine.states if state not in machine.after_failure]
    drawn, taken = _part(machine, main, done)
    if not machine.after_failure:
        return drawn
    after, _ = _part(machine, machine.after_failure, done)
    deep = after.height + ASIDE
    x = max((right for top, right in taken if top < deep + BESIDE), default=0) + 2 * BESIDE
    words = tag("text", "after an error that no retry cures", x=x, y=12.0, class_="aside")
    body = join([drawn.body, words, _at(x, ASIDE, after.body)])
    return Drawn(max(drawn.width, x + max(after.width, 200)), max(drawn.height, deep), body)


def _in_rows(parts: Sequence[Drawn]) -> Drawn:
    """Put parts beside one another, two in a row, so that the whole fits a page."""
    rows = [_side_by_side(parts[n : n + 2]) for n in range(0, len(parts), 2)]
    width, y, bodies = max(row.width for row in rows), 0.0, []
    for row in rows:
        bodies.append(_at((width - row.width) / 2, y, row.body))
        y += row.height + BESIDE
    return Drawn(width, y - BESIDE, join(bodies))


def _side_by_side(parts: Sequence[Drawn]) -> Drawn:
    x, bodies = 0.0, []
    for part in parts:
        bodies.append(_at(x, 0, part.body))
        x += part.width + BESIDE
    return Drawn(x - BESIDE, max((part.height for part in parts), default=0), join(bodies))


def _part(machine: Machine, names: Sequence[str], done: Done) -> tuple[Drawn, list[Point]]:
    """Draw some states; also say, as (top, right edge), what room boxes and lines take."""
    ordered = sorted(names, key=lambda n: n != machine.start)
    drawn = {n: _state(machine.states[n], done) for n in ordered}
    ways = [w for w in machine.ways if w.start in drawn and w.end in drawn]
    edges = [(w.start, w.end) for w in ways]
    layout = lay_out({n: (d.width, d.height) for n, d in drawn.items()}, edges, across=18)
    lines = []
    for way in ways:
        if points := layout.lines.get((way.start, way.end)):
            used = (way.start, way.end) in done.ways
            lines.append(_line(points, used, way.caught, done.name))
    boxes = [_at(*layout.places[n], d.body) for n, d in drawn.items()]
    taken = [(layout.places[n][1], layout.places[n][0] + d.width) for n, d in drawn.items()]
    taken += [(y, x) for points in layout.lines.values() for x, y in points]
    return Drawn(layout.width, layout.height, join([*lines, *boxes])), taken


def _state(state: State, done: Done) -> Drawn:
    visit = done.visits.get(state.name)
    look = "state" + ("" if visit else " unvisited") + (" failed" if visit and visit.failed else "")
    if not state.inside:
        said = tag("title", _said(state, visit))
        parts = [said, _frame(WIDTH, HEIGHT), *_words(state, visit, WIDTH)]
        return Drawn(WIDTH, HEIGHT, tag("g", *parts, class_=look))
    inner = _in_rows([_machine(m, done) for m in state.inside])
    width, height = max(inner.width + 2 * PAD, WIDTH), inner.height + HEAD + PAD
    head = [tag("title", _said(state, visit)), _frame(width, height), *_words(state, visit, width)]
    body = tag("g", *head, class_=f"{look} holds")
    return Drawn(width, height, body + _at((width - inner.width) / 2, HEAD, inner.body))


def _frame(width: float, height: float) -> Html:
    return tag("rect", x=0.0, y=0.0, width=width, height=height, rx=CORNER)


def _words(state: State, visit: Visit | None, width: float) -> list[Html]:
    words = [
        tag("text", _cut(state.name, 26 if visit else 33), x=10.0, y=17.0, class_="state-name"),
        tag("text", _cut(state.asks, 40), x=10.0, y=31.0, class_="state-asks"),
    ]
    if visit:
        times = f"{TIMES}{visit.times} " if visit.times > 1 else ""
        shown = tag("text", f"{times}{seconds(visit.seconds)}", x=width - 9, y=17.0,
                    class_="state-time")  # fmt: skip
        words.append(shown)
    return words


def _said(state: State, visit: Visit | None) -> str:
    if not visit:
        return f"{state.name} ({state.asks}): not visited"
    often = "once" if visit.times == 1 else f"{visit.times} times"
    how = ", failed" if visit.failed else ""
    return f"{state.name} ({state.asks}): {often}, {seconds(visit.seconds)} in all{how}"


def seconds(value: float) -> str:
    """Write a time as short as it can be read."""
    return f"{1000 * value:.0f} ms" if value < 0.9995 else f"{value:.1f} s"


def _line(points: Sequence[Point], used: bool, caught: str, name: str) -> Html:
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if abs(x0 - x1) < 0.5:
            path += f"L{x1:.1f} {y1:.1f}"
        else:
            bend = (y1 - y0) / 2
            path += f"C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}"
    look = "way" + (" used" if used else "") + (" caught" if caught else "")
    said = tag("title", f"on {caught}") if caught else ""
    head = f"url(#{name}-{'gone' if used else 'way'})"
    return tag("path", said, d=path, class_=look, marker_end=head)


def _head(identity: str) -> Html:
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


def _at(x: float, y: float, body: Html) -> Html:
    return tag("g", body, transform=f"translate({x:g} {y:g})")


def _cut(text: str, at_most: int) -> str:
    return text if len(text) <= at_most else f"{text[: at_most - 1]}\u2026"
