"""Laying a graph out: nothing overlaps, everything points down, and few lines cross."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.report.layout import lay_out

BOX = (100.0, 40.0)
GRAPHS = st.integers(1, 9).flatmap(
    lambda n: st.tuples(
        st.just([f"n{i}" for i in range(n)]),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).map(
                lambda edge: (f"n{edge[0]}", f"n{edge[1]}")
            ),
            max_size=16,
        ),
    )
)


def place(names, edges):
    return lay_out(dict.fromkeys(names, BOX), edges)


@given(GRAPHS)
def test_no_box_covers_another_and_none_leaves_the_sheet(graph):
    names, edges = graph
    layout = place(names, edges)
    for name in names:
        x, y = layout.places[name]
        assert -0.01 <= x <= layout.width - BOX[0] + 0.01
        assert -0.01 <= y <= layout.height - BOX[1] + 0.01
        for other in names:
            dx, dy = (abs(a - b) for a, b in zip((x, y), layout.places[other], strict=True))
            assert name == other or dx >= BOX[0] - 0.01 or dy >= BOX[1] - 0.01


@given(GRAPHS)
def test_every_edge_leads_from_its_box_to_its_box(graph):
    names, edges = graph
    layout = place(names, edges)
    assert set(layout.lines) == {(a, b) for a, b in edges if a != b}
    for (a, b), points in layout.lines.items():
        for name, end in ((a, points[0]), (b, points[-1])):
            x, y = layout.places[name]
            assert end[0] == pytest.approx(x + BOX[0] / 2)
            assert y - 0.01 <= end[1] <= y + BOX[1] + 0.01


def test_a_chain_is_straight():
    layout = place("abcd", list(pairwise("abcd")))
    assert len({x for x, _ in layout.places.values()}) == 1
    assert [y for _, y in layout.places.values()] == sorted(y for _, y in layout.places.values())


def test_an_edge_that_skips_a_layer_passes_beside_the_box_in_it():
    layout = place("abc", [("a", "b"), ("b", "c"), ("a", "c")])
    x, y = layout.places["b"]
    across = [p for p in layout.lines["a", "c"] if y <= p[1] <= y + BOX[1]]
    assert across
    assert all(px <= x or px >= x + BOX[0] for px, _ in across)


def test_an_edge_back_up_is_drawn_from_below():
    layout = place("ab", [("a", "b"), ("b", "a")])
    down, up = layout.lines["a", "b"], layout.lines["b", "a"]
    assert down[0][1] < down[-1][1]
    assert up[0][1] > up[-1][1]


def test_two_crossed_pairs_are_uncrossed():
    layout = place("abcd", [("a", "d"), ("b", "c")])
    x = {name: at[0] for name, at in layout.places.items()}
    assert (x["a"] < x["b"]) == (x["d"] < x["c"])


def test_nothing_is_laid_out_as_nothing():
    assert lay_out({}, []).width == 0
