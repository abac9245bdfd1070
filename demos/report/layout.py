"""Lay a directed graph out from top to bottom, in layers, with few crossings. Pure."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Edge = tuple[str, str]
SWEEPS = 12
THREAD = 14.0  # room for a line that passes a layer


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each box has its top left corner, and through which points each edge goes."""

    width: float
    height: float
    places: Mapping[str, Point]
    lines: Mapping[Edge, Sequence[Point]]


def lay_out(
    sizes: Mapping[str, Point], edges: Iterable[Edge], *, across: float = 26, down: float = 30
) -> Layout:
    """Place boxes of these widths and heights; the first named begins.

    Layers by the longest way, order by barycentres, then boxes pulled over their neighbours: the
    method of Sugiyama, Tagawa and Toda, small.
    """
    wanted = [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1]]
    back = _back_edges(list(sizes), wanted)
    forward = [(b, a) if (a, b) in back else (a, b) for a, b in wanted]
    layer = _layers(list(sizes), forward)
    boxes, chains = _threads(sizes, forward, layer)
    rows = _ordered(boxes, chains, layer)
    x = _across(rows, boxes, chains, across)
    tops, height = _down(rows, boxes, down)
    places = {name: (x[name], tops[layer[name]][0]) for name in sizes}
    lines: dict[Edge, Sequence[Point]] = {}
    for edge, chain in zip(wanted, chains, strict=True):
        points = _points(chain, x, boxes, layer, tops, sizes)
        lines[edge] = points[::-1] if edge in back else points
    width = max((x[name] + box[0] for name, box in boxes.items()), default=0)
    return Layout(width, height, places, lines)


def _back_edges(names: Sequence[str], edges: Sequence[Edge]) -> set[Edge]:
    """Find the edges that close a cycle, walking from the first box on."""
    state: dict[str, int] = {}
    back: set[Edge] = set()

    def walk(name: str) -> None:
        state[name] = 1
        for edge in edges:
            if edge[0] == name:
                if state.get(edge[1]) == 1:
                    back.add(edge)
                elif edge[1] not in state:
                    walk(edge[1])
        state[name] = 2

    for name in names:
        if name not in state:
            walk(name)
    return back


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    layer = dict.fromkeys(names, 0)
    for _ in names:
        for a, b in edges:
            layer[b] = max(layer[b], layer[a] + 1)
    return layer


def _threads(
    sizes: Mapping[str, Point], edges: Sequence[Edge], layer: dict[str, int]
) -> tuple[dict[str, Point], list[list[str]]]:
    """Give an edge that passes layers a thin box in each, so that it passes between the others."""
    boxes, chains = dict(sizes), []
    for n, (a, b) in enumerate(edges):
        between = [f"\0{n} {level}" for level in range(layer[a] + 1, layer[b])]
        for level, name in enumerate(between, layer[a] + 1):
            boxes[name], layer[name] = (THREAD, 0.0), level
        chains.append([a, *between, b])
    return boxes, chains


def _ordered(
    boxes: Mapping[str, Point], chains: Sequence[Sequence[str]], layer: Mapping[str, int]
) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in boxes:
        rows[layer[name]].append(name)
    above, below = _neighbours(chains)
    best, fewest = [list(row) for row in rows], _crossings(rows, below)
    for sweep in range(SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            place = {name: n for other in rows for n, name in enumerate(other)}
            middle = {
                name: sum(place[m] for m in near[name]) / len(near[name])
                if near.get(name)
                else place[name]
                for name in row
            }
            row.sort(key=middle.__getitem__)
        crossed = _crossings(rows, below)
        if crossed < fewest:
            best, fewest = [list(row) for row in rows], crossed
    return best


def _neighbours(
    chains: Sequence[Sequence[str]],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for chain in chains:
        for a, b in itertools.pairwise(chain):
            below.setdefault(a, []).append(b)
            above.setdefault(b, []).append(a)
    return above, below


def _crossings(rows: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    count = 0
    for upper, lower in itertools.pairwise(rows):
        place = {name: n for n, name in enumerate(lower)}
        ends = [sorted(place[b] for b in below.get(a, ()) if b in place) for a in upper]
        flat = [(n, end) for n, row in enumerate(ends) for end in row]
        count += sum(a < c and b > d for a, b in flat for c, d in flat)
    return count


def _across(
    rows: Sequence[Sequence[str]],
    boxes: Mapping[str, Point],
    chains: Sequence[Sequence[str]],
    gap: float,
) -> dict[str, float]:
    """Start side by side, then pull each box over the middle of its neighbours, in its order."""
    above, below = _neighbours(chains)
    x: dict[str, float] = {}
    for row in rows:
        at = 0.0
        for name in row:
            x[name], at = at, at + boxes[name][0] + gap
    for sweep in range(SWEEPS * 2):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wish = {
                name: _middle(name, near[name], x, boxes) - boxes[name][0] / 2
                if near.get(name)
                else x[name]
                for name in row
            }
            _settle(row, wish, boxes, gap, x)
    least = min(x.values(), default=0)
    return {name: value - least for name, value in x.items()}


def _middle(
    name: str, near: Sequence[str], x: Mapping[str, float], boxes: Mapping[str, Point]
) -> float:
    """Average where neighbours are; boxes pull boxes, threads threads: both come out straight."""
    weights = [8 if (name[0] == "\0") == (other[0] == "\0") else 1 for other in near]
    middles = [x[other] + boxes[other][0] / 2 for other in near]
    return sum(w * m for w, m in zip(weights, middles, strict=True)) / sum(weights)


def _settle(
    row: Sequence[str],
    wish: Mapping[str, float],
    boxes: Mapping[str, Point],
    gap: float,
    x: dict[str, float],
) -> None:
    """Grant wishes as far as the order and the gap allow: blocks that collide share the shift."""
    blocks: list[tuple[float, list[str], float]] = []  # left edge, members, width with its gap
    for name in row:
        left, members, width = wish[name], [name], boxes[name][0] + gap
        while blocks and blocks[-1][0] + blocks[-1][2] > left:
            other_left, others, other_width = blocks.pop()
            n, m = len(others), len(members)
            left = (other_left * n + (left - other_width) * m) / (n + m)
            members, width = [*others, *members], other_width + width
        blocks.append((left, members, width))
    for left, members, _ in blocks:
        at = left
        for name in members:
            x[name], at = at, at + boxes[name][0] + gap


def _down(
    rows: Sequence[Sequence[str]], boxes: Mapping[str, Point], gap: float
) -> tuple[list[tuple[float, float]], float]:
    tops, at = [], 0.0
    for row in rows:
        tall = max((boxes[name][1] for name in row), default=0)
        tops.append((at, at + tall))
        at += tall + gap
    return tops, max(at - gap, 0)


def _points(
    chain: Sequence[str],
    x: Mapping[str, float],
    boxes: Mapping[str, Point],
    layer: Mapping[str, int],
    tops: Sequence[tuple[float, float]],
    sizes: Mapping[str, Point],
) -> list[Point]:
    points: list[Point] = []
    for n, name in enumerate(chain):
        middle = x[name] + boxes[name][0] / 2
        top, bottom = tops[layer[name]]
        if name not in sizes:
            points += [(middle, top), (middle, bottom)]
        elif n == 0:
            points += [(middle, top + boxes[name][1]), (middle, bottom)]
        else:
            points.append((middle, top))
    return points
