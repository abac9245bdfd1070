"""A camera that did not hear the answer sends the same picture again: one frame, counted once."""

from dataclasses import replace
from datetime import timedelta

import pytest

PARIS = "detections/day=2026-03-01/store=paris"
CRC = "4nFbMg=="


@pytest.fixture(autouse=True)
def _repeats_count_once(environment, monkeypatch):
    monkeypatch.setenv("REPEATS_COUNT_ONCE", "true")


@pytest.fixture
def uploads(make_frame):
    """Two versions of one key with the same bytes, five seconds apart; under KMS ETags differ."""
    first = make_frame()
    later = first.event_time + timedelta(seconds=5)
    return first, replace(first, version_id="v2", e_tag="e2", sequencer="0B", event_time=later)


@pytest.fixture
def aws(function):
    """Let what the function asks about checksums and pictures be answered."""

    class Answers:
        def has(self, *frames, crc=CRC):
            for frame in frames:
                request = {
                    "Bucket": frame.bucket,
                    "Key": frame.key,
                    "VersionId": frame.version_id,
                    "ChecksumMode": "ENABLED",
                }
                reply = {"ChecksumCRC32": crc, "ChecksumType": "FULL_OBJECT"}
                function.answers("head_object", reply, request)

        def picture_is_asked(self, *frames, outcome=None):
            names = sorted({known(frame).frame_id for frame in frames})
            keys = [{"frame_id": {"S": name}} for name in names]
            items = [{**key, "outcome": {"S": outcome}} for key in keys] if outcome else []
            request = {"Keys": keys, "ConsistentRead": True,
                       "ProjectionExpression": "frame_id, outcome"}  # fmt: skip
            function.answers(
                "batch_get_item",
                {"Responses": {"ledger": items}},
                {"RequestItems": {"ledger": request}},
            )

        def picture_is_noted(self, frame, outcome="counted"):
            function.ledger_notes(_As(known(frame).frame_id), outcome=outcome)

    return Answers()


class _As:
    def __init__(self, name):
        self.object_id = name


def known(frame, crc=CRC):
    return replace(frame, checksum=f"ChecksumCRC32={crc}")


def test_both_uploads_in_one_batch_are_one_frame(
    function, aws, uploads, make_face, announce, metrics
):
    first, again = uploads
    function.ledger_is_asked(first, again)
    aws.has(first, again)
    aws.picture_is_asked(first, again)
    function.sees(first, make_face())
    rows = function.puts(PARIS, first)
    aws.picture_is_noted(first)
    function.ledger_notes(first)
    function.ledger_notes(again)
    function.deletes(again, first)

    assert function.run(announce(first, name="one"), announce(again, name="two")) == []

    (row,) = rows.rows()
    assert row["frame_id"] == known(first).frame_id == known(again).frame_id
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesAnalyzed"], counts["UploadsRepeated"]) == ([1], [1])
    assert counts["FramesDuplicated"] == [0]


@pytest.mark.parametrize("outcome", ["counted", "rejected"])
def test_an_upload_of_a_picture_that_was_done_before_costs_no_call_to_rekognition(
    function, aws, uploads, announce, metrics, outcome
):
    _, again = uploads
    function.ledger_is_asked(again)
    aws.has(again)
    aws.picture_is_asked(again, outcome=outcome)
    function.ledger_notes(again, outcome=outcome)
    if outcome == "counted":
        function.deletes(again)
    assert function.run(announce(again)) == []
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesAnalyzed"], counts["UploadsRepeated"]) == ([0], [1])


def test_other_bytes_under_the_same_key_are_another_frame(
    function, aws, uploads, announce, metrics
):
    first, other = uploads
    function.ledger_is_asked(first, other)
    aws.has(first)
    aws.has(other, crc="AAAAAA==")
    names = sorted([known(first).frame_id, known(other, "AAAAAA==").frame_id])
    function.ledger_is_asked(*map(_As, names))
    function.sees(first)
    function.sees(other)
    function.puts(PARIS, first, other)
    function.ledger_notes(*map(_As, names))
    function.ledger_notes(first, other)
    function.deletes(first, other)
    assert function.run(announce(first, other)) == []
    assert metrics(service="RetailDemographics")["FramesAnalyzed"] == [2]


def test_an_upload_without_a_checksum_is_a_frame_of_its_own(function, make_frame, announce):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.answers("head_object", {"ContentLength": 1000})
    function.sees(frame)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []


def test_a_repeat_waits_for_the_first_upload(function, aws, uploads, announce, metrics):
    first, again = uploads
    function.ledger_is_asked(first, again)
    aws.has(first, again)
    aws.picture_is_asked(first)
    function.fails("detect_faces", "SomethingNewException", "no", 400)
    assert function.run(announce(first, name="one"), announce(again, name="two")) == ["one", "two"]
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesRetried"], counts["UploadsRepeated"]) == ([2], [0])


def test_a_first_upload_that_is_gone_says_nothing_about_the_second(
    function, aws, uploads, announce
):
    first, again = uploads
    function.ledger_is_asked(first, again)
    aws.has(first, again)
    aws.picture_is_asked(first)
    function.fails("detect_faces", "InvalidS3ObjectException", "Unable to get object metadata")
    function.fails("head_object", "404", "Not Found", 404)
    function.ledger_is_asked(first)
    rejects = function.puts("rejects/day=2026-03-01", first)
    function.ledger_notes(first, outcome="rejected")
    assert function.run(announce(first, name="one"), announce(again, name="two")) == ["two"]
    assert [row["reason"] for row in rejects.rows()] == ["gone"]


def test_a_picture_that_the_ledger_does_not_tell_keeps_its_uploads(
    function, aws, uploads, announce
):
    first, again = uploads
    function.ledger_is_asked(first, again)
    aws.has(first, again)
    function.fails("batch_get_item", "InternalServerError", status=500)
    assert function.run(announce(first, name="one"), announce(again, name="two")) == ["one", "two"]


def test_a_picture_that_the_ledger_does_not_take_is_not_recorded_as_a_frame_either(
    function, aws, uploads, announce
):
    first, _ = uploads
    function.ledger_is_asked(first)
    aws.has(first)
    aws.picture_is_asked(first)
    function.sees(first)
    function.puts(PARIS, first)
    function.fails("batch_write_item", "InternalServerError", status=500)
    assert function.run(announce(first)) == [first.key]


def test_an_upload_that_may_not_be_looked_at_comes_again(function, uploads, announce, log):
    first, _ = uploads
    function.ledger_is_asked(first)
    function.fails("head_object", "403", "Forbidden", 403)
    assert function.run(announce(first)) == [first.key]
    assert any("s3:GetObjectVersion" in entry.get("error", "") for entry in log())


def test_an_upload_that_is_gone_before_it_is_looked_at_is_rejected(function, uploads, announce):
    first, _ = uploads
    function.ledger_is_asked(first)
    function.fails("head_object", "404", "Not Found", 404)
    function.ledger_is_asked(first)
    rejects = function.puts("rejects/day=2026-03-01", first)
    function.ledger_notes(first, outcome="rejected")
    assert function.run(announce(first)) == []
    assert [row["reason"] for row in rejects.rows()] == ["gone"]
