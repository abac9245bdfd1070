"""Captured answers and what came true, joined by the id of the request."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_hosting.observed_rightness import Rightness, Truths

SINCE = "2026-11-30T10:00:00Z"


def truth(name, data="1"):
    return json.dumps({
        "groundTruthData": {"data": data, "encoding": "CSV"},
        "eventMetadata": {"eventId": name}, "eventVersion": "0",
    })  # fmt: skip


def captured(name, scores, at="2026-11-30T10:00:01Z"):
    return json.dumps({
        "captureData": {"endpointOutput": {"data": json.dumps(scores), "encoding": "JSON"}},
        "eventMetadata": {"eventId": f"of-{name}", "inferenceId": name, "inferenceTime": at},
    })  # fmt: skip


def rightness(truths, lines):
    known = Truths()
    known.add(truths)
    seen = Rightness(known, SINCE)
    seen.add(lines)
    return seen


def test_a_request_is_right_by_the_share_of_its_rows():
    seen = rightness(
        [truth("a"), truth("b", "1,0"), truth("of-c", "0")],
        [captured("a", [0.9]), captured("b", [0.9, 0.8]), captured("c", [0.1])],
    )
    sample = seen.sample()
    assert (sample.count, sample.total, sample.squares) == (3, 2.5, 2.25)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=30))
def test_however_often_and_in_whichever_order_files_come_a_request_counts_once(told):
    truths = dict(told)
    lines = [captured(name, [0.7]) for name, _ in told]
    once = rightness([truth(n, str(int(r))) for n, r in truths.items()], lines).sample()
    again = rightness([truth(n, str(int(r))) for n, r in truths.items()] * 2, lines[::-1] * 2)
    assert once == again.sample()
    assert (once.count, once.total) == (len(truths), sum(truths.values()))


def test_what_was_asked_before_the_experiment_or_has_no_truth_says_nothing():
    lines = [captured("a", [0.9], at="2026-11-30T09:59:59Z"), captured("x", [0.9])]
    seen = rightness([truth("a")], lines)
    assert (seen.sample().count, seen.unread) == (0, 0)


@pytest.mark.parametrize(
    "line",
    ["no json", "[]", "{}", truth("a", "0.4"), truth("a", ""), json.dumps({"eventMetadata": 1})],
)
def test_a_truth_that_is_none_is_counted_and_left_out(line):
    truths = Truths()
    truths.add([line, truth("b")])
    assert (list(truths.by_id), truths.unread) == (["b"], 1)


@pytest.mark.parametrize(
    "line",
    [captured("a", [0.9, 0.1]), captured("a", ["high"]), captured("a", "x"), "{", "null"],
)
def test_a_record_that_is_none_is_counted_and_left_out(line):
    seen = rightness([truth("a")], [line])
    assert (seen.sample().count, seen.unread) == (0, 1)
