"""The primitives of an architecture's picture."""

from demos.report.diagram import rounded


def test_an_arrow_turns_in_a_round_corner():
    assert rounded([(0, 0), (20, 0), (20, 30)]) == "M0 0L10 0Q20 0 20 10L20 30"


def test_a_short_leg_gets_a_tighter_corner():
    assert rounded([(0, 0), (8, 0), (8, 30)]) == "M0 0L4 0Q8 0 8 10L8 30"
