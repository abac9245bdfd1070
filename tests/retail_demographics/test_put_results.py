"""Putting results: each set of frames once, however often it is tried."""

import pytest

from runtime.errors import PermissionMissingError

PARIS = "detections/day=2026-03-01/store=paris"


@pytest.fixture
def frame(function, make_frame):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.sees(frame)
    return frame


def test_rows_that_are_there_already_are_as_good_as_written(function, frame, announce, metrics):
    function.fails("put_object", "PreconditionFailed", status=412)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesAnalyzed"], counts["ObjectsWritten"]) == ([1], [0])


def test_a_put_that_meets_another_is_tried_again(function, frame, announce):
    function.fails("put_object", "ConditionalRequestConflict", status=409)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []


def test_a_put_that_always_meets_another_gives_up_in_time(function, frame, announce):
    for _ in range(1000):
        function.fails("put_object", "ConditionalRequestConflict", status=409)
    assert function.run(announce(frame)) == [frame.key]
    assert function.clock() - 1000 <= 120 - 10
    function.forget("s3")


def test_rows_that_cannot_be_written_keep_their_frames_and_no_others(
    function, frame, make_frame, announce
):
    other = make_frame("rome/door/1.jpg")
    function.forget("dynamodb")
    function.ledger_is_asked(frame, other)
    function.sees(other)
    function.fails("put_object", "InternalError", status=500)
    function.puts("detections/day=2026-03-01/store=rome", other)
    function.ledger_notes(other)
    function.deletes(other)
    assert function.run(announce(frame), announce(other)) == [frame.key]


def test_a_missing_permission_is_told_loudly(function, frame, announce):
    what = "User: x is not authorized to perform: s3:PutObject"
    function.fails("put_object", "AccessDenied", what, status=403)
    with pytest.raises(PermissionMissingError, match="s3:PutObject"):
        function.run(announce(frame))
