"""The handler, against clients that check every request's shape and send nothing."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from retail_demographics import analyze_faces
from retail_demographics.detections import FACE_COLUMNS
from runtime.errors import PermissionMissingError

PARIS = "detections/day=2026-03-01/store=paris"
REJECTS = "rejects/day=2026-03-01"


def test_frames_become_rows_then_ledger_entries_and_then_they_are_deleted(
    function, make_frame, make_face, announce, metrics
):
    crowd, nobody, rome = (make_frame(f"{place}/door/1.jpg") for place in ("paris", "p2", "rome"))
    function.ledger_is_asked(crowd, nobody, rome)
    function.sees(crowd, make_face(), make_face())
    function.sees(nobody)
    function.sees(rome, make_face())
    empty = function.puts("detections/day=2026-03-01/store=p2", nobody)
    full = function.puts(PARIS, crowd)
    function.puts("detections/day=2026-03-01/store=rome", rome)
    function.ledger_notes(crowd, nobody, rome)
    function.deletes(crowd, nobody, rome)

    assert function.run(announce(crowd), announce(nobody), announce(rome)) == []

    assert [row["face_index"] for row in full.rows()] == ["0", "1"]
    assert {row["analyzed_at"] for row in full.rows()} == {"2026-03-01 09:05:00.000"}
    assert [row["faces_in_frame"] for row in empty.rows()] == ["0"]
    assert metrics(service="RetailDemographics") == {
        "FramesAnalyzed": [3],
        "FacesDetected": [3],
        "FramesWithoutFaces": [1],
        "FramesRejected": [0],
        "FramesRetried": [0],
        "FramesDuplicated": [0],
        "UploadsRepeated": [0],
        "FramesThrottled": [0],
        "FramesNotDeleted": [0],
        "ObjectsWritten": [3],
        "FaceConfidence": [100, 100, 100],
    }


def test_frames_stay_where_settings_say_so(function, make_frame, announce, monkeypatch):
    monkeypatch.setenv("DELETE_FRAMES", "false")
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.sees(frame)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    assert function.run(announce(frame)) == []


def test_a_frame_that_was_set_aside_is_acknowledged_and_nothing_more(
    function, make_frame, announce, metrics
):
    frame = make_frame()
    function.ledger_is_asked(frame, done=[frame], outcome="rejected")
    assert function.run(announce(frame)) == []
    assert metrics(service="RetailDemographics")["FramesDuplicated"] == [1]


def test_a_frame_that_was_counted_and_not_deleted_is_deleted_when_it_comes_again(
    function, make_frame, announce, metrics
):
    frame = make_frame()
    function.ledger_is_asked(frame, done=[frame])
    function.deletes(frame)
    assert function.run(announce(frame)) == []
    assert metrics(service="RetailDemographics")["FramesDuplicated"] == [1]


def test_a_frame_that_comes_twice_in_a_batch_is_analysed_once(
    function, make_frame, announce, metrics
):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.sees(frame)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame), announce(frame, name="again")) == []
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesAnalyzed"], counts["FramesDuplicated"]) == ([1], [1])


def test_two_versions_of_a_key_are_two_frames(function, make_frame, make_face, announce):
    first, second = (make_frame(version_id=version) for version in ("v1", "v2"))
    function.ledger_is_asked(first, second)
    function.sees(first, make_face())
    function.sees(second)
    body = function.puts(PARIS, first, second)
    function.ledger_notes(first, second)
    function.deletes(first, second)
    assert function.run(announce(first), announce(second, name="second")) == []
    assert {row["version_id"] for row in body.rows()} == {"v1", "v2"}


@pytest.mark.parametrize(
    ("key", "folder"),
    [
        ("São Paulo/door 1/a+b=c%20.jpg", "store=São Paulo"),
        ("=1+1/@/-.jpg", "store=%3D1%2B1"),
        ('"/\\/\u2028', "store=%22"),
        ("東京/../👩.jpg", "store=東京"),
    ],
)
def test_any_key_goes_all_the_way(function, make_frame, make_face, announce, key, folder):
    frame = make_frame(key)
    function.ledger_is_asked(frame)
    function.sees(frame, make_face())
    function.puts(f"detections/day=2026-03-01/{folder}", frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []


def test_all_hundred_faces_of_a_crowd_are_counted(
    function, make_frame, make_face, announce, metrics
):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.sees(frame, *[make_face()] * 120)
    body = function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []
    assert [row["face_index"] for row in body.rows()] == [str(n) for n in range(120)]
    assert len(metrics(service="RetailDemographics")["FaceConfidence"]) == 120


def test_a_face_of_which_nothing_is_known_is_a_face(function, make_frame, announce):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.sees(frame, {})
    body = function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run(announce(frame)) == []
    (row,) = body.rows()
    assert row["faces_in_frame"] == "1"
    assert {row[column] for column in FACE_COLUMNS} == {""}


def test_a_batch_without_frames_asks_aws_nothing(function):
    assert function.run() == []
    told = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "frames"}
    assert function.run({"messageId": "m", "body": json.dumps(told)}) == []


def test_a_folder_that_a_console_made_is_no_frame_and_no_reject(
    function, make_frame, announce, metrics, log
):
    folder = announce(make_frame("paris/door/", size_bytes=0))
    assert function.run(folder) == []
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesRejected"], counts["ObjectsWritten"]) == ([0], [0])
    assert [entry["folder_markers"] for entry in log() if "folder_markers" in entry] == [1]


def test_a_message_that_nobody_understands_comes_again_and_takes_none_with_it(
    function, make_frame, announce, log
):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.sees(frame)
    function.puts(PARIS, frame)
    function.ledger_notes(frame)
    function.deletes(frame)
    assert function.run({"messageId": "odd", "body": "jane-doe"}, announce(frame)) == ["odd"]
    (entry,) = [entry for entry in log() if entry["level"] == "ERROR"]
    assert entry["sqs_message_id"] == "odd"
    assert "want an S3 event" in entry["problem"]


def test_one_frame_that_fails_brings_back_its_message_and_no_other(
    function, make_frame, announce, metrics
):
    good, bad, friend = (make_frame(f"paris/door/{name}.jpg") for name in ("good", "bad", "friend"))
    function.ledger_is_asked(good, bad, friend)
    function.sees(good)
    function.fails("detect_faces", "ExpiredTokenException")
    function.sees(friend)
    function.puts(PARIS, good, friend)
    function.ledger_notes(good, friend)
    function.deletes(good, friend)
    retry = function.run(announce(good), announce(bad, friend, name="both"))
    assert retry == ["both"]
    counts = metrics(service="RetailDemographics")
    assert (counts["FramesAnalyzed"], counts["FramesRetried"]) == ([2], [1])


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        ("InvalidImageFormatException", "Request has invalid image format", "not_an_image"),
        ("ImageTooLargeException", "=Image is too large", "too_large"),
        ("InvalidParameterException", "Minimum image height is 80 pixels", "too_small"),
        ("InvalidParameterException", "Request has invalid parameters", "invalid_image"),
    ],
)
def test_a_frame_that_rekognition_cannot_use_is_set_aside_and_kept_for_a_look(
    function, make_frame, announce, metrics, code, message, reason
):
    frame = make_frame()
    function.ledger_is_asked(frame)
    function.fails("detect_faces", code, message)
    body = function.puts(REJECTS, frame)
    function.ledger_notes(frame, outcome="rejected")
    assert function.run(announce(frame)) == []
    (row,) = body.rows()
    assert row["reason"] == reason
    assert row["detail"].startswith(message.replace("=", "%3D"))
    assert metrics(service="RetailDemographics")["FramesRejected"] == [1]
    assert metrics(service="RetailDemographics", reason=reason) == {"FramesRejected": [1]}


@pytest.mark.parametrize(
    ("key", "size_bytes", "reason"),
    [
        ("1.jpg", 10, "unexpected_key"),
        ("paris/door/1.jpg", 0, "empty"),
        ("paris/door/1.jpg", 16 * 1024**2, "too_large"),
    ],
)
def test_a_hopeless_frame_is_set_aside_without_a_call_to_rekognition(
    function, make_frame, announce, key, size_bytes, reason
):
    frame = make_frame(key, size_bytes=size_bytes)
    function.ledger_is_asked(frame)
    body = function.puts(REJECTS, frame)
    function.ledger_notes(frame, outcome="rejected")
    assert function.run(announce(frame)) == []
    assert [(row["reason"], row["size_bytes"]) for row in body.rows()] == [
        (reason, str(size_bytes))
    ]


def test_a_denied_call_raises_after_saving_what_was_done(function, make_frame, announce, metrics):
    done, denied, later = (make_frame(f"paris/door/{n}") for n in "123")
    function.ledger_is_asked(done, denied, later)
    function.sees(done)
    what = "User: x is not authorized to perform: rekognition:DetectFaces"
    function.fails("detect_faces", "AccessDeniedException", what)
    function.puts(PARIS, done)
    function.ledger_notes(done)
    function.deletes(done)
    with pytest.raises(PermissionMissingError, match="rekognition:DetectFaces"):
        function.run(announce(done), announce(denied), announce(later))
    assert metrics(service="RetailDemographics")["FramesRetried"] == [2]


def test_the_log_tells_neither_keys_nor_faces(function, make_frame, make_face, announce, log):
    good, bad, gone = (make_frame(f"jane-doe/door/{n}") for n in "123")
    function.ledger_is_asked(good, bad, gone)
    function.sees(good, make_face())
    function.fails("detect_faces", "ExpiredTokenException")
    function.fails("detect_faces", "InvalidImageFormatException")
    function.puts("detections/day=2026-03-01/store=jane-doe", good)
    function.puts(REJECTS, gone)
    function.answers("batch_write_item", {})
    function.deletes(good, errors=[{"Code": "InternalError", "Key": good.key}])
    assert function.run(announce(good), announce(bad), announce(gone)) == [bad.key]
    text = json.dumps(log())
    assert bad.object_id in text
    assert "jane" not in text
    assert "Female" not in text
    assert "HAPPY" not in text


def test_as_many_calls_as_allowed_are_under_way_at_once(
    function, make_frame, announce, monkeypatch
):
    monkeypatch.setenv("CONCURRENT_CALLS", "8")
    together = threading.Barrier(8, timeout=10)  # opens when eight calls are under way
    bodies = []

    def detect_faces(**_request):
        together.wait()
        return {"FaceDetails": [{}]}

    aws = SimpleNamespace(
        detect_faces=detect_faces,
        put_object=lambda **request: bodies.append(request["Body"]),
        delete_objects=lambda **_request: {},
        batch_get_item=lambda **_request: {"Responses": {}},
        batch_write_item=lambda **_request: {},
    )
    monkeypatch.setattr(analyze_faces, "client", lambda service: aws)
    assert function.run(*[announce(make_frame(f"paris/door/{n}")) for n in range(32)]) == []
    assert [body.count(b"\r\n") for body in bodies] == [1 + 32]
    assert function.clock() - 1000 == pytest.approx(31 / 5)


def test_clients_give_up_in_time_and_leave_retries_of_rekognition_to_us(environment):
    analyze_faces.client.cache_clear()
    attempts = {}
    for service in ("rekognition", "s3", "dynamodb"):
        config = analyze_faces.client(service).meta.config
        assert (config.connect_timeout, config.read_timeout) == (3, 10)
        assert config.max_pool_connections >= 100
        attempts[service] = config.retries["total_max_attempts"]
    analyze_faces.client.cache_clear()
    assert attempts == {"rekognition": 1, "s3": 3, "dynamodb": 3}


def test_the_import_pulls_in_boto3_and_the_loggers_and_counters_of_powertools_only():
    code = """
import sys
before = set(sys.modules)
import retail_demographics.analyze_faces
print(*set(sys.modules) - before)
"""
    root = Path(analyze_faces.__file__).parents[1]
    result = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    imported = set(result.stdout.split())
    boto3 = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3", "certifi"}
    powertools = {"aws_lambda_powertools", "typing_extensions"}
    others = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names
    others.discard("__mp_main__")  # another name that multiprocessing gives to __main__
    others -= {"awscrt", "_awscrt"}  # which botocore takes where it is, as beside these tests
    assert others <= boto3 | powertools | {"retail_demographics", "runtime"}
    heavy = {
        f"aws_lambda_powertools.utilities.{name}" for name in ("parser", "batch", "idempotency")
    }
    assert not heavy & imported
