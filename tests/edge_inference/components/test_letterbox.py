"""A frame in the detector's square, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_inference.letterbox import GREY, Letterbox

SIZES = st.integers(2, 2000)


@st.composite
def framed_boxes(draw):
    width, height = draw(SIZES), draw(SIZES)
    edges = [draw(st.floats(0, size)) for size in (width, height, width, height)]
    left, right = sorted((edges[0], edges[2]))
    top, bottom = sorted((edges[1], edges[3]))
    return width, height, np.array([[left, top, right, bottom]], np.float32)


@given(framed_boxes(), st.sampled_from([32, 128, 321]))
def test_a_box_comes_back_to_where_it_was(framed, side):
    width, height, boxes = framed
    letterbox = Letterbox.fitted(width, height, side)
    square = letterbox.into_square(boxes)
    assert (square >= -0.01).all()
    assert (square <= side + 0.01).all()
    back = letterbox.into_frame(square)
    assert np.allclose(back, boxes, atol=max(width, height) * 1e-4)


@given(SIZES, SIZES, st.sampled_from([32, 128]))
def test_a_frame_keeps_its_shape_and_lies_in_the_middle(width, height, side):
    box = Letterbox.fitted(width, height, side)
    assert max(box.inner_width, box.inner_height) == side
    assert abs(box.left - (side - box.inner_width - box.left)) <= 1
    assert abs(box.top - (side - box.inner_height - box.top)) <= 1
    assert abs(box.inner_width / box.inner_height - width / height) <= max(width, height) / min(
        box.inner_width, box.inner_height
    )


def test_what_lies_beyond_the_frame_is_cut_off():
    box = Letterbox.fitted(200, 100, 128)
    assert box.into_frame(np.array([[-9, 0, 200, 128]], np.float32)).tolist() == [[0, 0, 200, 100]]


def test_the_bars_are_grey_and_the_frame_is_between_them():
    square = Letterbox.fitted(40, 20, 32).put(np.full((20, 40, 3), 255, np.uint8))
    assert square.shape == (32, 32, 3)
    assert (square[:8] == GREY).all()
    assert (square[24:] == GREY).all()
    assert (square[8:24] == 255).all()


def test_a_square_frame_has_no_bars():
    assert (Letterbox.fitted(64, 64, 32).put(np.full((64, 64, 3), 9, np.uint8)) == 9).all()


def test_a_frame_without_pixels_is_refused():
    with pytest.raises(ValueError, match="a frame of 0 by 4"):
        Letterbox.fitted(0, 4, 32)
