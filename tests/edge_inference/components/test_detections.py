"""What a grid of numbers says, and the grids that say nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_inference.detections import BadOutputError, Detection, boxes_of, split_by_threshold
from edge_inference.detector import Detector
from edge_inference.grid_targets import mirrored, targets
from edge_inference.mean_average_precision import Truth
from edge_inference.model_file import Model

SPECIES = ("robin", "jay")
MODEL = Model("m.onnx", "ab" * 32, 128, SPECIES, "pictures", "grids")


def grid(*cells):
    """Fill a grid of 16 by 16: (row, column, present, x, y, width, height, shares of species)."""
    found = np.zeros((1, 7, 16, 16), np.float32)
    for row, column, *values in cells:
        found[0, :, row, column] = values
    return found


def test_a_cell_says_where_its_bird_is():
    boxes, scores, kinds = boxes_of(
        grid((2, 3, 0.9, 0.5, 0.25, 0.25, 0.125, 0.2, 0.8)), SPECIES, 128, 0.5
    )
    # The middle is at (3.5, 2.25) cells of 8 pixels; 32 wide, 16 high.
    assert boxes.tolist() == [[28 - 16, 18 - 8, 28 + 16, 18 + 8]]
    assert (scores.tolist(), kinds.tolist()) == ([pytest.approx(0.72)], [1])


def test_cells_below_the_least_score_and_doubles_are_left_out():
    found = grid(
        (2, 3, 0.9, 0.5, 0.5, 0.3, 0.3, 0, 1),
        (2, 4, 0.8, 0.0, 0.5, 0.3, 0.3, 1, 0),
        (9, 9, 0.4, 0.5, 0.5, 0.3, 0.3, 1, 0),
    )
    _, scores, kinds = boxes_of(found, SPECIES, 128, 0.5)
    assert (scores.tolist(), kinds.tolist()) == ([pytest.approx(0.9)], [1])


def test_an_empty_grid_says_nothing():
    boxes, scores, kinds = boxes_of(grid(), SPECIES, 128, 0.1)
    assert (boxes.shape, scores.shape, kinds.shape) == ((0, 4), (0,), (0,))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(value):
    found = grid()
    found[0, 3, 7, 7] = value
    with pytest.raises(BadOutputError, match="are no numbers"):
        boxes_of(found, SPECIES, 128, 0.1)


@pytest.mark.parametrize("shape", [(1, 8, 16, 16), (2, 7, 16, 16), (7,), (1, 7, 16)])
def test_another_shape_is_refused(shape):
    with pytest.raises(BadOutputError, match="of 2 species it is"):
        boxes_of(np.zeros(shape, np.float32), SPECIES, 128, 0.1)


def test_species_have_thresholds_of_their_own():
    birds = [Detection("robin", 0.6, (0, 0, 1, 1)), Detection("jay", 0.6, (0, 0, 1, 1))]
    assert split_by_threshold(birds, {"default": 0.5, "jay": 0.7}) == (birds[:1], birds[1:])


BIRDS = st.lists(
    st.tuples(
        st.integers(4, 123),
        st.integers(4, 123),
        st.integers(3, 60),
        st.integers(3, 60),
        st.integers(0, 1),
    ),
    max_size=4,
)


def truth(birds):
    boxes = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h, _ in birds]
    return Truth(
        np.array(boxes, np.float32).reshape(-1, 4), np.array([b[4] for b in birds], np.intp)
    )


def in_cells_of_their_own(birds):
    return len({(x // 8, y // 8) for x, y, *_ in birds}) == len(birds)


@given(BIRDS.filter(in_cells_of_their_own))
def test_what_training_wants_of_a_grid_is_what_is_read_from_it(birds):
    wanted = truth(birds)
    (found,) = targets([wanted], 2, side=128, cells=16)
    # Every cell that speaks is read, but for birds that sit on one another.
    boxes, scores, _ = boxes_of(found, SPECIES, 128, 0.5)
    assert (scores == 1).all()
    assert all((np.abs(wanted.boxes - box).max(axis=1) < 1e-3).any() for box in boxes)
    assert (found[0].sum(), bool(len(boxes))) == (len(birds), bool(birds))


@given(BIRDS)
def test_mirrored_twice_is_as_it_was(birds):
    grids = targets([truth(birds)], 2, side=128, cells=16)
    assert np.allclose(mirrored(mirrored(grids)), grids, atol=1e-6)


def test_a_mirrored_picture_has_its_bird_on_the_other_side():
    left = targets([truth([(20, 40, 16, 16, 1)])], 2, side=128, cells=16)
    right = targets([truth([(108, 40, 16, 16, 1)])], 2, side=128, cells=16)
    assert np.allclose(
        boxes_of(mirrored(left)[0], SPECIES, 128, 0.5)[0], boxes_of(right[0], SPECIES, 128, 0.5)[0]
    )


def test_a_detector_tells_of_birds_in_pixels_of_the_frame():
    given_to = []

    def session(batch):
        given_to.append(batch)
        return grid((8, 8, 0.9, 0, 0, 0.5, 0.25, 1, 0))

    frame = np.full((100, 200, 3), 7, np.uint8)
    frame[..., 2] = 9
    found = Detector(MODEL, session, least=0.5).look(frame)
    # The middle of the square is the middle of the frame; the square is 128 for 200 pixels.
    (one,) = found
    assert one.species == "robin"
    assert (one.confidence, *one.box) == pytest.approx((0.9, 50, 25, 150, 75))
    (batch,) = given_to
    assert (batch.shape, batch.dtype) == ((1, 3, 128, 128), np.float32)
    assert batch.dtype.isnative
    assert batch.flags.c_contiguous
    assert batch[0, :, 64, 64].tolist() == [7, 7, 9]  # blue, green, red, of 0 to 255
