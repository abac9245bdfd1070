"""The picture of each architecture that has a demo."""

from importlib import import_module

import pytest

from demos.__main__ import demos

PICTURES = {
    package: import_module(f"demos.{package}.diagram").DIAGRAM for package in demos().values()
}


@pytest.fixture(params=PICTURES)
def picture(request):
    return PICTURES[request.param]


def test_the_file_for_the_docs_is_a_drawing_that_needs_nothing_else(picture, drawn):
    text = picture.standalone()
    assert drawn(text).get("viewBox") == f"0 0 {picture.width:g} {picture.height:g}"
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "light-dark(" not in text


@pytest.mark.parametrize("colour", ["--accent", "--node", "--lane", "--surface"])
def test_both_themes_have_every_colour(picture, colour):
    light, _, dark = picture.standalone().partition("prefers-color-scheme")
    assert f"{colour}:#" in light
    assert f"{colour}:#" in dark


def test_nothing_leaves_the_sheet_and_no_node_covers_another(picture):
    nodes = [*picture.nodes, *picture.strip.nodes()]
    for n in (*nodes, *picture.zones):
        assert n.x >= 0
        assert n.x + n.width <= picture.width
        assert n.y + n.height <= picture.height
    for a in nodes:
        for b in nodes:
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x
            assert a is b or apart or a.y + a.height <= b.y or b.y + b.height <= a.y


def test_every_arrow_runs_straight(picture):
    for arrow in picture.arrows:
        for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:], strict=False):
            assert x0 == x1 or y0 == y1, arrow
