"""The table's calls: what it cannot say or take keeps its frames alive."""

import pytest

from runtime.errors import PermissionMissingError

PARIS = "detections/day=2026-03-01/store=paris"


@pytest.fixture
def frames(make_frame):
    return [make_frame(f"paris/door/{n}") for n in range(2)]


def test_keys_that_the_ledger_left_out_are_asked_for_again(function, frames, announce):
    first, second = sorted(frames, key=lambda frame: frame.object_id)
    left = {"ledger": {"Keys": [{"frame_id": {"S": second.object_id}}], "ConsistentRead": True}}
    found = {"ledger": [{"frame_id": {"S": first.object_id}, "outcome": {"S": "rejected"}}]}
    function.answers("batch_get_item", {"Responses": found, "UnprocessedKeys": left})
    found = {"ledger": [{"frame_id": {"S": second.object_id}, "outcome": {"S": "rejected"}}]}
    function.stubs["dynamodb"].add_response(
        "batch_get_item", {"Responses": found}, {"RequestItems": left}
    )
    assert function.run(*map(announce, frames)) == []


def test_a_ledger_that_never_answers_keeps_the_frames(function, frames, announce, log):
    left = {"ledger": {"Keys": [{"frame_id": {"S": frame.object_id}} for frame in frames]}}
    for _ in range(1000):
        function.answers("batch_get_item", {"Responses": {}, "UnprocessedKeys": left})
    assert function.run(*map(announce, frames)) == [frame.key for frame in frames]
    assert function.clock() - 1000 <= 120 - 20
    assert any("UnprocessedItems" in entry.get("error", "") for entry in log())
    function.forget("dynamodb")


def test_a_ledger_that_cannot_be_read_costs_no_call_to_rekognition(function, frames, announce):
    function.fails("batch_get_item", "InternalServerError", status=500)
    assert function.run(*map(announce, frames)) == [frame.key for frame in frames]


def test_items_that_the_ledger_left_out_are_written_again(function, frames, announce):
    last = max(frames, key=lambda frame: frame.object_id)
    function.ledger_is_asked(*frames)
    for frame in frames:
        function.sees(frame)
    function.puts(PARIS, *frames)
    item = {"frame_id": {"S": last.object_id}, "outcome": {"S": "counted"}}
    left = {"ledger": [{"PutRequest": {"Item": item}}]}
    function.answers("batch_write_item", {"UnprocessedItems": left})
    function.stubs["dynamodb"].add_response("batch_write_item", {}, {"RequestItems": left})
    function.deletes(*frames)
    assert function.run(*map(announce, frames)) == []


def test_a_frame_that_the_ledger_did_not_take_is_not_deleted(function, frames, announce, metrics):
    function.ledger_is_asked(*frames)
    for frame in frames:
        function.sees(frame)
    function.puts(PARIS, *frames)
    function.fails("batch_write_item", "InternalServerError", status=500)
    assert function.run(*map(announce, frames)) == [frame.key for frame in frames]
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesAnalyzed"], counts["FramesRetried"]) == ([0], [2])


@pytest.mark.parametrize("action", ["BatchGetItem", "BatchWriteItem"])
def test_a_missing_permission_is_told_loudly(function, frames, announce, action):
    what = f"User: x is not authorized to perform: dynamodb:{action}"
    if action == "BatchWriteItem":
        function.ledger_is_asked(*frames)
        for frame in frames:
            function.sees(frame)
        function.puts(PARIS, *frames)
        function.fails("batch_write_item", "AccessDeniedException", what)
    else:
        function.fails("batch_get_item", "AccessDeniedException", what)
    with pytest.raises(PermissionMissingError, match=f"dynamodb:{action}"):
        function.run(*map(announce, frames))
