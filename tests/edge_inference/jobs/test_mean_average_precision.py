"""How good a detector is, against cases counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_inference.mean_average_precision import Found, Truth, average_precisions, confusion, mean

SPECIES = ("robin", "jay")


def box(x, size=10):
    return (x, 0, x + size, size)


def truth(*birds):
    return Truth(
        np.array([box(x) for x, _ in birds], np.float32).reshape(-1, 4),
        np.array([SPECIES.index(kind) for _, kind in birds], np.intp),
    )


def found(*told):
    return Found(
        np.array([box(x) for x, _, _ in told], np.float32).reshape(-1, 4),
        np.array([SPECIES.index(kind) for _, kind, _ in told], np.intp),
        np.array([score for *_, score in told], np.float32),
    )


CASES = {
    "all found": ([truth((0, "robin"))], [found((0, "robin", 0.9))], {"robin": 1}),
    "nothing told": ([truth((0, "robin"))], [found()], {"robin": 0}),
    "nothing there": ([truth()], [found((0, "robin", 0.9))], {}),
    "half found": (
        [truth((0, "robin"), (50, "robin"))],
        [found((0, "robin", 0.9))],
        {"robin": 0.5},
    ),
    "another species": ([truth((0, "robin"))], [found((0, "jay", 0.9))], {"robin": 0}),
    # Wrong, right, right: precisions at the recalls 1/2 and 1 are 2/3, both by the envelope.
    "a wrong one first": (
        [truth((0, "robin"), (50, "robin"))],
        [found((200, "robin", 0.9), (0, "robin", 0.8), (50, "robin", 0.7))],
        {"robin": 2 / 3},
    ),
    # Right (1), wrong, right: 1 at 1/2, then 2/3 at 1.
    "a wrong one between": (
        [truth((0, "robin"), (50, "robin"))],
        [found((0, "robin", 0.9), (200, "robin", 0.8), (50, "robin", 0.7))],
        {"robin": (1 + 2 / 3) / 2},
    ),
    "a bird told twice": (
        [truth((0, "robin"), (50, "robin"))],
        [found((0, "robin", 0.9), (1, "robin", 0.8), (50, "robin", 0.7))],
        {"robin": (1 + 2 / 3) / 2},
    ),
    "a bird in another picture": (
        [truth((0, "robin")), truth()],
        [found(), found((0, "robin", 0.9))],
        {"robin": 0},
    ),
    "two pictures, two species": (
        [truth((0, "robin")), truth((0, "jay"), (50, "robin"))],
        [found((0, "robin", 0.9)), found((0, "jay", 0.3), (50, "jay", 0.8))],
        {"robin": 0.5, "jay": 0.5},
    ),
    # Shifted by 3 of 10: 7 of 13 overlap; by 4: 6 of 14.
    "an overlap of a half": ([truth((0, "robin"))], [found((3, "robin", 0.9))], {"robin": 1}),
    "less than a half": ([truth((0, "robin"))], [found((4, "robin", 0.9))], {"robin": 0}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_case_counted_by_hand(case):
    truths, told, expected = CASES[case]
    assert average_precisions(truths, told, SPECIES) == pytest.approx(expected)


def test_the_mean_is_over_species_that_there_were():
    assert mean({"robin": 0.5, "jay": 1.0}) == 0.75
    assert mean({}) == 0


@pytest.mark.parametrize(
    ("truths", "told", "expected"),
    [
        ([truth((0, "robin"))], [found((0, "jay", 0.9))], [[0, 1, 0], [0, 0, 0], [0, 0, 0]]),
        ([truth((0, "robin"))], [found((0, "robin", 0.4))], [[0, 0, 1], [0, 0, 0], [0, 0, 0]]),
        ([truth()], [found((0, "jay", 0.9))], [[0, 0, 0], [0, 0, 0], [0, 1, 0]]),
        (
            [truth((0, "robin"), (50, "jay"))],
            [found((1, "robin", 0.9), (0, "robin", 0.6), (50, "jay", 0.7))],
            [[1, 0, 0], [0, 1, 0], [1, 0, 0]],
        ),
    ],
)
def test_confusion_counted_by_hand(truths, told, expected):
    assert confusion(truths, told, SPECIES, score=0.5).tolist() == expected


KINDS = st.sampled_from(SPECIES)
PICTURE = st.lists(
    st.tuples(st.integers(0, 9).map(lambda n: 40 * n), KINDS), max_size=4, unique_by=lambda b: b[0]
)
TOLD = st.lists(
    st.tuples(st.integers(0, 400), KINDS, st.integers(1, 99).map(lambda s: s / 100)), max_size=6
)


@given(st.lists(st.tuples(PICTURE, TOLD), min_size=1, max_size=4))
def test_it_is_a_share_and_the_truth_told_surest_is_all_of_it(pictures):
    truths = [truth(*birds) for birds, _ in pictures]
    for value in average_precisions(
        truths, [found(*told) for _, told in pictures], SPECIES
    ).values():
        assert 0 <= value <= 1
    # Whatever else is told less surely costs nothing.
    surest = [found(*((x, kind, 1.0) for x, kind in birds), *each) for birds, each in pictures]
    assert all(v == pytest.approx(1) for v in average_precisions(truths, surest, SPECIES).values())
