"""A model is judged by what came true, where that says something."""

import pytest

from model_hosting.truth import Rightness, chance_of_less, rightness


def test_answers_and_their_order_are_judged():
    found = rightness([0.1, 0.4, 0.35, 0.8], [False, False, True, True], 0.5)
    assert found == Rightness(right=3, count=4, area=0.75, told=None)
    assert found.accuracy == 0.75


@pytest.mark.parametrize(
    ("truths", "told"),
    [
        ([True] * 3, "truth of one class (True): no area under a curve"),
        ([False] * 3, "truth of one class (False): no area under a curve"),
        ([], "no truth at all: no area under a curve"),
    ],
    ids=["ones", "zeros", "none"],
)
def test_a_window_of_one_class_says_so_and_has_no_area(truths, told):
    found = rightness([0.2, 0.6, 0.9][: len(truths)], truths, 0.5)
    assert (found.area, found.told) == (None, told)


def test_a_model_that_is_right_less_often_is_noticed_and_one_that_is_not_is_not():
    before = Rightness(9_000, 10_000, 0.9, None)
    less, more = (chance_of_less(before, Rightness(n, 1_000, 0.8, None)) or 0.0 for n in (820, 950))
    assert less < 0.001
    assert more > 0.9
    assert chance_of_less(before, Rightness(0, 0, None, "no truth at all")) is None


@pytest.mark.parametrize(
    ("scores", "truths"), [([0.5], []), ([float("nan")], [True])], ids=["ragged", "nan"]
)
def test_scores_that_are_none_are_refused(scores, truths):
    with pytest.raises(ValueError, match="join them by inference id"):
        rightness(scores, truths, 0.5)
