"""The picture of the architecture."""

from xml.etree import ElementTree

import pytest

from demos.service_chain.picture import ARROWS, HEIGHT, NODES, WIDTH, ZONES, standalone


def test_the_file_for_the_docs_is_a_drawing_that_needs_nothing_else():
    text = standalone()
    drawing = ElementTree.fromstring(text)  # noqa: S314 - our own drawing
    assert drawing.get("viewBox") == f"0 0 {WIDTH:g} {HEIGHT:g}"
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "light-dark(" not in text


@pytest.mark.parametrize("colour", ["--accent", "--node", "--lane", "--surface"])
def test_both_themes_have_every_colour(colour):
    light, _, dark = standalone().partition("prefers-color-scheme")
    assert f"{colour}:#" in light
    assert f"{colour}:#" in dark


def test_nothing_leaves_the_sheet_and_no_node_covers_another():
    for n in (*NODES, *ZONES):
        assert n.x >= 0
        assert n.x + n.width <= WIDTH
        assert n.y + n.height <= HEIGHT
    for a in NODES:
        for b in NODES:
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x
            assert a is b or apart or a.y + a.height <= b.y or b.y + b.height <= a.y


@pytest.mark.parametrize("arrow", ARROWS, ids=str)
def test_every_arrow_runs_straight(arrow):
    for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:], strict=False):
        assert x0 == x1 or y0 == y1
