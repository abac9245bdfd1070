"""Identifying: one look at the beginning of the very version that came."""

import struct

import pytest
from botocore.exceptions import ClientError

from service_chain import identify
from service_chain.content_type import HEAD_BYTES
from service_chain.copied_channel import WINDOW_BYTES
from service_chain.failures import Refused

EVENT = {
    "document_id": "d",
    "attempt": 2,
    "bucket": "inbox",
    "key": "São Paulo/a b.md",
    "version_id": "v1",
    "size": 7,
}
ASKED = {
    "Bucket": "inbox",
    "Key": "São Paulo/a b.md",
    "VersionId": "v1",
    "Range": f"bytes=0-{HEAD_BYTES - 1}",
}


def test_a_text_is_identified(aws, context):
    aws.gets(b"# Title", ASKED, ContentRange="bytes 0-6/7")
    assert identify.handler(EVENT, context) == {
        "kind": "text",
        "media_format": None,
        "channels": None,
        "seconds": None,
        "encoding": "utf-8",
        "markup": "markdown",
    }


def test_a_recording_is_identified_by_its_beginning(aws, context, make):
    data = make.wav(2)
    aws.gets(data[:1000], ContentRange=f"bytes 0-999/{len(data)}")
    found = identify.handler(EVENT, context)
    assert (found["kind"], found["media_format"]) == ("audio", "wav")
    assert (found["channels"], found["seconds"]) == (2, 2.0)
    assert found["media_key"] == "work/d/media"
    assert found["transcription_key"] == "work/d/transcription-2.json"


@pytest.mark.parametrize(("answers_late", "channels"), [(False, 1), (True, 2)])
def test_a_channel_that_is_a_copy_of_the_other_does_not_count(
    aws, context, make, answers_late, channels
):
    frames = [bytes([n % 250, 1]) for n in range(30_000)]
    sound = b"".join(frame * 2 for frame in frames)
    if answers_late:
        sound = sound[:-4] + b"\x01\x02\x03\x04"
    data = make.wav(2)[:40] + struct.pack("<I", len(sound)) + sound
    aws.gets(data[:HEAD_BYTES], ContentRange=f"bytes 0-{HEAD_BYTES - 1}/{len(data)}")
    begin = 44 + WINDOW_BYTES
    rest = {"Range": f"bytes={begin}-{len(data) - 1}"}
    aws.gets(data[begin:], ASKED | rest)
    assert identify.handler(EVENT, context)["channels"] == channels


def test_how_much_there_is_says_the_object_and_not_the_event(aws, context, monkeypatch):
    monkeypatch.setenv("MAX_TEXT_BYTES", "100")
    aws.gets(b"words" * 20, ContentRange="bytes 0-99/101")
    with pytest.raises(Refused, match=r"too_large: 101 bytes of text; want at most 100"):
        identify.handler(EVENT, context)
    aws.gets(b"words" * 20)
    assert identify.handler(EVENT, context)["kind"] == "text"


def test_recordings_have_a_limit_of_their_own(aws, context, make, monkeypatch):
    monkeypatch.setenv("MAX_TEXT_BYTES", "100")
    monkeypatch.setenv("MAX_MEDIA_BYTES", "5000")
    aws.gets(make.mp3(1))
    assert identify.handler(EVENT, context)["media_format"] == "mp3"
    aws.gets(make.mp3(1), ContentRange="bytes 0-99/5001")
    with pytest.raises(Refused, match=r"too_large: 5001 bytes of audio; want at most 5000"):
        identify.handler(EVENT, context)


def test_a_recording_is_refused_where_nothing_transcribes(aws, context, make, monkeypatch):
    monkeypatch.setenv("TRANSCRIBE", "false")
    aws.gets(make.mp3(1))
    with pytest.raises(Refused, match="stage_off: it is a recording"):
        identify.handler(EVENT, context)
    aws.gets(b"words")
    assert identify.handler(EVENT, context)["kind"] == "text"


@pytest.mark.parametrize(
    ("code", "status", "refusal"),
    [
        ("NoSuchKey", 404, "gone: this version"),
        ("NoSuchVersion", 404, "gone: this version"),
        ("MethodNotAllowed", 405, "gone: this version"),
        ("InvalidObjectState", 403, "unsupported: the object is archived"),
        ("InvalidRequest", 400, "unsupported: S3 does not hand the object out"),
        ("InvalidRange", 416, "empty: the object has no bytes"),
    ],
)
def test_what_no_retry_will_change_is_refused(aws, context, code, status, refusal):
    aws.fails("get_object", code, status=status)
    with pytest.raises(Refused, match=f"^{refusal}"):
        identify.handler(EVENT, context)


@pytest.mark.parametrize(
    ("code", "status"),
    [("SlowDown", 503), ("InternalError", 500), ("AccessDenied", 403), ("NoSuchBucket", 404)],
)
def test_what_may_pass_is_raised_as_it_is(aws, context, code, status):
    aws.fails("get_object", code, status=status)
    with pytest.raises(ClientError, match=code):
        identify.handler(EVENT, context)


def test_the_log_holds_no_content(aws, context, log):
    aws.gets(b"my secret words")
    identify.handler(EVENT, context)
    assert "identified" in log()
    assert "secret" not in log()
