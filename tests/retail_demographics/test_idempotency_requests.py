"""Requests: everything is asked for and noted once, in portions that DynamoDB takes."""

from hypothesis import given
from hypothesis import strategies as st

from retail_demographics.idempotency_requests import Outcome, read_ids, reads, write_ids, writes

frame_ids = st.sets(st.integers(0, 999).map("{:032x}".format), max_size=300)


@given(frame_ids)
def test_every_frame_is_asked_for_once_and_consistently(frames):
    requests = list(reads(frames))
    asked = [frame_id for request in requests for frame_id in sorted(read_ids(request["Keys"]))]
    assert asked == sorted(frames)
    assert all(request["ConsistentRead"] for request in requests)
    assert all(len(request["Keys"]) <= 100 for request in requests)


@given(frame_ids)
def test_every_frame_is_noted_once(frames):
    portions = list(writes(dict.fromkeys(frames, Outcome.COUNTED), 1))
    assert [frame_id for some in portions for frame_id in sorted(write_ids(some))] == sorted(frames)
    assert all(len(some) <= 25 for some in portions)


def test_an_item_says_how_a_frame_was_finished_and_until_when_that_is_kept():
    ((request,),) = writes({"f1": Outcome.REJECTED}, 1772355900)
    assert request["PutRequest"]["Item"] == {
        "frame_id": {"S": "f1"},
        "outcome": {"S": "rejected"},
        "expires_at": {"N": "1772355900"},
    }
