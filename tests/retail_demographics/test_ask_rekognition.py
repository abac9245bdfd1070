"""Asking Rekognition: throttles, time that runs out, and frames that are not there to be read."""

import pytest
from botocore.exceptions import ConnectTimeoutError, ParamValidationError, ReadTimeoutError

from retail_demographics import analyze_faces

PARIS = "detections/day=2026-03-01/store=paris"
REJECTS = "rejects/day=2026-03-01"
UNREADABLE = ("InvalidS3ObjectException", "Unable to get object metadata from S3.")


@pytest.fixture
def frame(make_frame):
    return make_frame()


@pytest.mark.parametrize(
    ("code", "throttled"),
    [
        ("ThrottlingException", 1),
        ("ProvisionedThroughputExceededException", 1),
        ("InternalServerError", 0),
    ],
)
def test_a_busy_rekognition_is_asked_again_after_a_wait(
    function, frame, announce, metrics, code, throttled
):
    function.ledger_is_asked(frame)
    function.fails("detect_faces", code)
    function.fails("detect_faces", code)
    function.sees(frame)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []
    assert function.clock() - 1000 == 0.25 + 0.5  # the longest waits, and both outlast the pace
    assert metrics(service="RetailDemographics")["FramesThrottled"] == [throttled]


def test_a_frame_whose_time_is_over_comes_again(function, frame, announce, metrics, log):
    function.ledger_is_asked(frame)
    for _ in range(1000):
        function.fails("detect_faces", "ThrottlingException", "Rate exceeded")
    assert function.run(announce(frame), seconds=120) == [frame.key]
    assert function.clock() - 1000 <= 120 - 20
    assert any(entry.get("error") == "ThrottlingException: Rate exceeded" for entry in log())
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesRetried"], counts["FramesThrottled"]) == ([1], [1])
    function.forget("rekognition")


def test_frames_whose_turn_does_not_come_in_time_come_again(function, make_frame, announce):
    frames = [make_frame(f"paris/door/{n}") for n in range(60)]
    function.ledger_is_asked(*frames)
    for frame in frames[:50]:
        function.sees(frame)
    function.puts(PARIS, *frames[:50])
    function.answers("batch_write_item", {})
    function.answers("batch_write_item", {})
    function.deletes(*frames[:50])
    retry = function.run(*[announce(frame) for frame in frames], seconds=20)
    assert retry == [frame.key for frame in frames[50:]]


class Broken:
    """A Rekognition that fails in ways that a Stubber cannot, then sees nobody."""

    def __init__(self, *errors):
        self.errors = list(errors)

    def detect_faces(self, **_request):
        """Fail while there are errors left."""
        if self.errors:
            raise self.errors.pop(0)
        return {"FaceDetails": []}


def use(broken, monkeypatch):
    others = analyze_faces.client
    monkeypatch.setattr(
        analyze_faces, "client", lambda name: broken if name == "rekognition" else others(name)
    )


def test_a_call_that_hangs_is_made_again(function, frame, announce, monkeypatch):
    read = ReadTimeoutError(endpoint_url="https://rekognition")
    connect = ConnectTimeoutError(endpoint_url="https://rekognition")
    use(Broken(read, connect), monkeypatch)
    function.ledger_is_asked(frame)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []


@pytest.mark.parametrize("error", [ParamValidationError(report="odd"), KeyError("FaceDetails")])
def test_a_strange_error_costs_its_own_frame_only(
    function, make_frame, announce, monkeypatch, error
):
    use(Broken(error), monkeypatch)
    odd, good = make_frame("paris/door/odd"), make_frame("paris/door/good")
    function.ledger_is_asked(odd, good)
    function.puts(PARIS, good)
    function.ledger_notes(good)
    function.deletes(good)
    assert function.run(announce(odd), announce(good)) == [odd.key]


def test_a_frame_that_somebody_else_deleted_is_rejected_as_gone(function, frame, announce):
    function.ledger_is_asked(frame)
    function.fails("detect_faces", *UNREADABLE)
    function.fails("head_object", "404", "Not Found", 404)
    function.ledger_is_asked(frame)
    body = function.puts(REJECTS, frame)
    function.ledger_notes(frame, outcome="rejected")
    assert function.run(announce(frame)) == []
    assert [row["reason"] for row in body.rows()] == ["gone"]


def test_a_frame_that_another_batch_finished_meanwhile_is_a_duplicate(
    function, frame, announce, metrics
):
    function.ledger_is_asked(frame)
    function.fails("detect_faces", *UNREADABLE)
    function.fails("head_object", "404", "Not Found", 404)
    function.ledger_is_asked(frame, done=[frame])
    assert function.run(announce(frame)) == []
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesDuplicated"], counts["FramesRejected"]) == ([1], [0])


def test_a_missing_frame_is_not_rejected_while_the_ledger_is_silent(function, frame, announce):
    function.ledger_is_asked(frame)
    function.fails("detect_faces", *UNREADABLE)
    function.fails("head_object", "404", "Not Found", 404)
    function.fails("batch_get_item", "InternalServerError", status=500)
    assert function.run(announce(frame)) == [frame.key]


def test_the_version_that_was_announced_is_looked_for(function, frame, announce):
    function.ledger_is_asked(frame)
    function.fails("detect_faces", *UNREADABLE)
    request = {"Bucket": "frames", "Key": frame.key, "VersionId": "v1"}
    function.stubs["s3"].add_response("head_object", {}, request)
    assert function.run(announce(frame)) == [frame.key]


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [("403", 403, "s3:ListBucket"), ("400", 400, "HeadObject 400")],
)
def test_a_frame_that_may_not_be_read_comes_again_and_is_never_rejected(
    function, make_frame, announce, log, code, status, said
):
    locked, good = make_frame("paris/door/locked"), make_frame("paris/door/good")
    function.ledger_is_asked(locked, good)
    function.fails("detect_faces", *UNREADABLE)
    function.fails("head_object", code, "Forbidden", status)
    function.sees(good)
    function.puts(PARIS, good)
    function.ledger_notes(good)
    function.deletes(good)
    assert function.run(announce(locked), announce(good)) == [locked.key]
    assert any(said in entry.get("error", "") for entry in log())


def test_a_frame_that_is_there_but_unreadable_names_the_permissions_to_check(
    function, frame, announce, log
):
    function.ledger_is_asked(frame)
    function.fails("detect_faces", *UNREADABLE)
    function.answers("head_object", {})
    assert function.run(announce(frame)) == [frame.key]
    assert any("kms:Decrypt" in entry.get("error", "") for entry in log())
