"""Deleting frames: exactly the versions that were counted; what fails is told, and no harm."""

import pytest

from retail_demographics.delete_frames import delete_versions

PARIS = "detections/day=2026-03-01/store=paris"


@pytest.fixture
def frame(function, make_frame):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.sees(frame)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    return frame


def test_a_frame_that_cannot_be_deleted_is_counted_and_done(
    function, frame, announce, metrics, log
):
    what = f"User: x is not authorized to perform: s3:DeleteObjectVersion on resource: {frame.key}"
    function.deletes(frame, errors=[{"Code": "AccessDenied", "Message": what, "Key": frame.key}])
    assert function.run(announce(frame)) == []
    assert metrics(service="RetailDemographics")["FramesNotDeleted"] == [1]
    (entry,) = [entry for entry in log() if entry["level"] == "ERROR"]
    assert entry["error"].endswith("not authorized to perform: s3:DeleteObjectVersion")


@pytest.mark.parametrize("code", ["InternalError", "AccessDenied"])
def test_a_refused_deletion_never_fails_the_batch(function, frame, announce, metrics, code):
    function.fails("delete_objects", code, status=500)
    assert function.run(announce(frame)) == []
    assert metrics(service="RetailDemographics")["FramesNotDeleted"] == [1]


def test_a_thousand_are_deleted_at_a_time(function, make_frame):
    frames = [make_frame(f"paris/door/{n}") for n in range(1001)]
    function.deletes(*frames[:1000])
    function.deletes(*frames[1000:])
    assert not delete_versions(function.stubs["s3"].client, frames)


def test_a_key_that_xml_cannot_hold_is_deleted_alone(function, make_frame):
    odd, good = make_frame("paris/door/\x01"), make_frame("paris/door/\t")
    request = {"Bucket": "frames", "Key": odd.key, "VersionId": "v1"}
    function.stubs["s3"].add_response("delete_object", {}, request)
    function.deletes(good)
    assert not delete_versions(function.stubs["s3"].client, [odd, good])


def test_its_failure_is_counted_like_any_other(function, make_frame):
    function.fails("delete_object", "InternalError", "busy", 500)
    errors = delete_versions(function.stubs["s3"].client, [make_frame("paris/door/\x01")])
    assert errors == {"InternalError: busy": 1}


def test_a_frame_without_a_version_is_left_to_its_lifecycle(function, make_frame):
    assert not delete_versions(function.stubs["s3"].client, [make_frame(version_id="")])


def test_each_bucket_is_asked_for_its_own_frames(function, make_frame):
    here, there = make_frame(), make_frame(bucket="frames-2")
    function.deletes(here)
    function.answers("delete_objects", {})
    assert not delete_versions(function.stubs["s3"].client, [here, there])
