"""Boxes: their overlaps, and suppression against a plain loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_inference.boxes import areas, overlaps, without_duplicates

EDGES = st.integers(0, 40)
BOX = st.tuples(EDGES, EDGES, EDGES, EDGES).map(
    lambda e: (min(e[0], e[2]), min(e[1], e[3]), max(e[0], e[2]), max(e[1], e[3]))
)
SCORED = st.lists(st.tuples(BOX, st.integers(0, 4)), max_size=12)


def array(boxes):
    return np.array(boxes, np.float32).reshape(-1, 4)


def plain_overlap(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0, width) * max(0, height)
    both = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)) - shared
    return shared / both if both else 0.0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 0, 2, 2), (0, 0, 2, 2), 1),
        ((0, 0, 2, 2), (1, 0, 3, 2), 1 / 3),
        ((0, 0, 2, 2), (2, 0, 4, 2), 0),
        ((0, 0, 4, 4), (1, 1, 3, 3), 4 / 16),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0),
    ],
)
def test_an_overlap_counted_by_hand(one, other, expected):
    assert overlaps(array([one]), array([other]))[0, 0] == pytest.approx(expected)


@given(st.lists(BOX, max_size=6), st.lists(BOX, max_size=6))
def test_overlaps_are_those_of_a_plain_loop(ones, others):
    found = overlaps(array(ones), array(others))
    assert found.shape == (len(ones), len(others))
    expected = np.array([[plain_overlap(a, b) for b in others] for a in ones], np.float32)
    assert np.allclose(found, expected.reshape(found.shape))


@given(SCORED, st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_suppression_is_that_of_a_plain_loop(scored, most):
    boxes, scores = [b for b, _ in scored], [s / 4 for _, s in scored]
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(np.float32(plain_overlap(boxes[index], boxes[k])) <= most for k in kept):
            kept.append(index)
    assert without_duplicates(array(boxes), np.array(scores, np.float32), most).tolist() == kept


@given(SCORED)
def test_what_is_kept_does_not_overlap_and_is_kept_again(scored):
    boxes, scores = array([b for b, _ in scored]), np.array([s / 4 for _, s in scored], np.float32)
    kept = without_duplicates(boxes, scores, 0.4)
    shared = overlaps(boxes[kept], boxes[kept])
    np.fill_diagonal(shared, 0)
    assert (shared <= 0.4).all()
    again = without_duplicates(boxes[kept], scores[kept], 0.4)
    assert again.tolist() == list(range(len(kept)))


def test_sides_the_wrong_way_round_have_no_area():
    assert areas(array([(3, 0, 1, 2), (0, 0, 2, 3)])).tolist() == [0, 6]
