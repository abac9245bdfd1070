"""Records that SageMaker captured, as rows, and what is set aside."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_hosting.captured_requests import read_lines
from model_hosting.told_truths import joined, read_truths
from testing.captured_lines import HOUR, line, truth

KINDS = {"age": "number", "store": "category", "visits": "count", "returning": "flag"}
ROW = {"age": 40.5, "store": "north", "visits": 3, "returning": True}
NEXT = HOUR + timedelta(hours=1)


def read(*lines, kinds=KINDS):
    return read_lines(lines, kinds, HOUR, NEXT)


@pytest.mark.parametrize("base64_too", [False, True], ids=["text", "base64"])
def test_rows_and_predictions_are_read_however_they_are_kept(base64_too):
    gap = {"age": None, "store": None, "visits": None, "returning": None}
    found = read(line(ROW, gap, predictions=[0.25, 0.75], base64_too=base64_too))
    (request,) = found.requests
    assert request.rows == ({**ROW, "returning": 1.0}, gap)
    assert request.predictions == (0.25, 0.75)
    assert (found.refused, found.twice, found.elsewhen) == ((), 0, 0)


def test_a_record_that_comes_twice_counts_once_and_one_of_another_hour_not_at_all():
    found = read(
        line(ROW), line(ROW), "", line(ROW, name="b", at=NEXT),
        line(ROW, name="c", at=HOUR - timedelta(seconds=1)),
    )  # fmt: skip
    assert (len(found.requests), found.twice, found.elsewhen) == (1, 1, 2)


def without(record, *path):
    content = json.loads(record)
    inner = content
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return json.dumps(content)


REFUSED = {
    "torn": (line(ROW)[:-40], "the record is no JSON"),
    "array": ("[1]", "the record is no object"),
    "empty": ("{}", "no captureData or no eventMetadata"),
    "nameless": (without(line(ROW), "eventMetadata", "eventId"), "no eventId"),
    "timeless": (without(line(ROW), "eventMetadata", "inferenceTime"), "is no time"),
    "zoneless": (line(ROW).replace("00:00Z", "00:00"), "has no zone"),
    "one-sided": (without(line(ROW), "captureData", "endpointOutput"), "no endpointOutput"),
    "csv": (line(ROW, kind="text/csv"), "endpointInput is no application/json"),
    "no-base64": (line(ROW, base64_too=True).replace('"data": "', '"data": "?'), "in base64"),
    "lacks": (line({**ROW, "age": 1} | {}, predictions=[1]).replace("age", "agt"), "feature age"),
    "text": (line({**ROW, "age": "old"}), "age is no number"),
    "infinite": (line({**ROW, "age": float("inf")}), "age is no number"),
    "number": (line({**ROW, "store": 3}), "store is no text"),
    "row": (line([1]), "a row is no object"),
    "ragged": (line(ROW, predictions=[0.1, 0.2]), "one prediction a row"),
    "words": (line(ROW, predictions=["yes"]), "a prediction is no number"),
}


@pytest.mark.parametrize(("record", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_record_is_set_aside_with_its_reason_and_stops_no_other(record, reason):
    found = read(record, line(ROW, name="good"))
    ((kept, why),) = found.refused
    assert kept == record
    assert reason in why
    assert [request.event_id for request in found.requests] == ["good"]


@given(st.text(max_size=60) | st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["captureData", "eventMetadata", "eventId", "data"]), inner),
    max_leaves=8).map(json.dumps))  # fmt: skip
def test_whatever_a_line_holds_it_is_read_or_set_aside(text):
    found = read(text)
    assert len(found.requests) + len(found.refused) <= 1


def test_truths_are_joined_by_either_id_and_the_last_one_holds():
    requests = read(
        line(ROW, ROW, predictions=[0.9, 0.1], name="a", inference_id="mine"),
        line(ROW, predictions=[0.4], name="b"),
        line(ROW, predictions=[0.4], name="c"),
        line(ROW, predictions=[0.4], name="d"),
    ).requests
    truths = read_truths(
        [truth("mine", "1,1"), truth("mine", "1, 0"), truth("b", "1"), truth("c", "1,0"),
         truth("gone", "1"), "", "{}", truth("d", "yes"), "torn", truth(5, "1")]
    )  # fmt: skip
    assert [why for _, why in truths.refused] == [
        "it lacks groundTruthData.data or eventMetadata.eventId",
        "data has to be a 0 or 1 for each row, such as 1,0",
        "the truth is no JSON",
        "data and eventId have to be texts",
    ]
    found = joined(requests, truths)
    assert (found.scores, found.labels) == ((0.9, 0.1, 0.4), (True, False, True))
    assert (found.unmatched, found.ragged) == (1, 1)
