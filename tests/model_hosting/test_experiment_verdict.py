"""What follows of what measures say: worse before better, and nothing before it is known."""

import json

import numpy as np
import pytest

from model_hosting.experiment_verdict import measure, verdict_of
from model_hosting.readout import Sample

SAME = Sample.of_rate(900_000, 90_000)
NONE = Sample(0, 0, 0)
FEW = Sample.of_rate(50, 5)
LOW, HIGH = Sample.of_rate(5_000, 500), Sample.of_rate(5_000, 900)
EARLY = Sample.of_rate(500, 50), Sample.of_rate(500, 55)


def measures(failed, right):
    return [
        measure("failed", *failed, effect=0.02, error_rate=0.05),
        measure("right", *right, effect=0.02, error_rate=0.05),
    ]


@pytest.mark.parametrize(
    ("failed", "right", "verdict"),
    [
        ((LOW, HIGH), (LOW, HIGH), "worse"),
        ((HIGH, LOW), (HIGH, LOW), "worse"),
        ((HIGH, LOW), (LOW, HIGH), "better"),
        ((SAME, SAME), (LOW, HIGH), "better"),
        ((SAME, SAME), (NONE, NONE), "alike"),
        ((SAME, SAME), (FEW, FEW), "go on"),
        ((SAME, SAME), EARLY, "go on"),
        (EARLY, (SAME, SAME), "go on"),
        ((NONE, NONE), (NONE, NONE), "go on"),
    ],
    ids=[
        "fails-more",
        "less-right",
        "better",
        "more-right",
        "alike",
        "few",
        "early",
        "open",
        "new",
    ],
)
def test_what_follows_is_said_of_all_measures_together(failed, right, verdict):
    assert verdict_of(measures(failed, right)) == verdict


def test_two_thousand_experiments_of_alike_variants_are_wrong_in_at_most_five_of_a_hundred():
    random = np.random.default_rng(7)
    looks, batch = 20, 200
    told = 0
    for _ in range(2_000):
        failed = random.binomial(batch, 0.02, size=(2, looks)).cumsum(axis=1)
        right = random.binomial(batch // 5, 0.8, size=(2, looks)).cumsum(axis=1)
        for look in range(looks):
            seen, known = (look + 1) * batch, (look + 1) * batch // 5
            found = measures(
                [Sample.of_rate(seen, int(each[look])) for each in failed],
                [Sample.of_rate(known, int(each[look])) for each in right],
            )
            if verdict_of(found) in {"worse", "better"}:
                told += 1
                break
    assert told <= 100


def test_requests_of_several_rows_are_compared_by_their_shares():
    champion = Sample(2_000, 1_000.0, 750.0)  # half of them right, 0.5 and 0.5 of three shares
    challenger = Sample(2_000, 1_400.0, 1_200.0)
    (_, right) = measures((SAME, SAME), (champion, challenger))
    assert right.says == "better"


def test_a_measure_is_told_as_json_and_has_no_rate_of_nothing():
    told = measures((LOW, HIGH), (NONE, FEW))[1].told()
    json.dumps(told, allow_nan=False)
    assert told["champion"] == {"requests": 0, "rate": None}
    assert told["challenger"] == {"requests": 50, "rate": 0.1}
