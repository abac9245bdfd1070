"""Charts: the right lengths, nothing that cannot be drawn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.report import charts
from demos.report.blocks import Bar, Bars, Columns, Line, Lines, Table, Timeline
from demos.report.charts import draw
from demos.report.web import html


@pytest.fixture
def rectangles(drawn):
    def of(svg, kind="fill"):
        return [r for r in drawn(svg).iter("rect") if kind in r.get("class", "").split()]

    return of


@pytest.mark.parametrize(
    ("value", "maximum"),
    [(0, 1), (1, 1), (7, 8), (19, 20), (21, 25), (26, 30), (51, 60), (0.35, 0.4)],
)
def test_a_scale_ends_on_a_round_number(value, maximum):
    assert charts.nice_maximum(value) == pytest.approx(maximum)


@given(st.floats(1e-3, 1e9))
def test_a_scale_holds_its_value_and_is_not_mostly_empty(value):
    assert value <= charts.nice_maximum(value) * 1.000001 <= value * 1.6


@pytest.mark.parametrize(
    ("maximum", "lines"), [(20, 5), (10, 6), (1, 3), (50, 6), (60, 5), (30, 6), (3, 4)]
)
def test_gridlines_are_whole_and_few(maximum, lines):
    found = charts.ticks(maximum)
    assert (found[0], found[-1], len(found)) == (0, maximum, lines)


def test_a_column_is_as_tall_as_its_value(rectangles):
    svg = draw(Columns("t", [Bar("8", 5), Bar("9", 10)], 10, "faces"))
    low, high = (float(r.get("height")) for r in rectangles(svg))
    assert high == pytest.approx(2 * low, rel=0.01)


def test_a_withheld_value_is_hatched_and_never_told(rectangles):
    svg = draw(Columns("t", [Bar("8", None), Bar("9", 10)], 10, "faces"))
    (hidden,) = rectangles(svg, "hatched")
    assert hidden.find("title").text == "8: withheld"


def test_a_zero_is_drawn_and_not_left_out(rectangles):
    svg = draw(Columns("t", [Bar("8", 0)], 10, "faces"))
    (zero,) = rectangles(svg)
    assert float(zero.get("height")) > 0


def test_lying_bars_end_where_their_value_says(rectangles):
    svg = draw(Bars("t", [Bar("a", 10), Bar("b", 5, "quiet")], 10, ""))
    (whole,), (half,) = rectangles(svg), rectangles(svg, "quiet")
    assert float(whole.get("width")) == pytest.approx(2 * float(half.get("width")))


def test_a_profile_marks_the_share_at_its_threshold(drawn):
    svg = draw(Lines("t", [Line("l", [(0, 1.0), (100, 0.0)])], 100, 1, marks=[(50, "")]))
    drawing = drawn(svg)
    dot, line = next(drawing.iter("circle")), next(drawing.iter("polyline"))
    points = re.findall(r"([\d.]+),([\d.]+)", line.attrib["points"])
    middle = (float(points[0][1]) + float(points[-1][1])) / 2
    assert float(dot.attrib["cy"]) == pytest.approx(middle, abs=0.1)


@pytest.mark.parametrize(("at", "share"), [(0, 1.0), (25, 0.75), (90, 0.5), (100, 0.5)])
def test_a_share_between_two_thresholds_is_read_off_the_line(at, share):
    assert charts.interpolate([(0, 1.0), (50, 0.5)], at) == share


def test_a_timeline_puts_each_span_after_the_one_before(rectangles):
    svg = draw(Timeline("t", [("a", 4), ("b", 2)]))
    a, b = ((float(r.get("x")), float(r.get("width"))) for r in rectangles(svg))
    assert b[0] == pytest.approx(a[0] + a[1])
    assert a[1] == pytest.approx(2 * b[1])


@pytest.mark.parametrize(
    "svg",
    [
        draw(Columns("t", [], 1, "")),
        draw(Bars("t", [], 1, "")),
        draw(Lines("t", [], 1, 1, marks=[(80, "")])),
        draw(Timeline("t", [])),
    ],
)
def test_a_chart_of_nothing_is_still_a_drawing(svg, drawn):
    assert drawn(svg).get("role") == "img"


def test_numbers_stand_to_the_right_and_words_do_not():
    table = html(Table("c", ["n", "w"], [(1234, "a"), (2, "b")]))
    assert '<td class="number">1,234</td><td>a</td>' in table
