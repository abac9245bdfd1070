"""The parts behind the service: spelling, vocabularies, constraints, the recognizer's process."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from fixtures.speech.silence import silence
from sandbox.core.emulator import ServiceError
from sandbox.core.request_validation import validation_message, violations
from sandbox.host import client
from sandbox.services.s3 import reading
from sandbox.services.transcribe import requests, transcribing, vocabularies
from sandbox.services.transcribe.engine import Engine
from sandbox.services.transcribe.jobs import Job, Jobs
from sandbox.services.transcribe.media import MediaError
from sandbox.services.transcribe.recognition import Word
from sandbox.services.transcribe.spelling import written

START = {
    "TranscriptionJobName": "a",
    "Media": {"MediaFileUri": "s3://bucket/key"},
}


def spoken(text):
    return [Word(word, number, number + 1.0) for number, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("hello", "Hello"),
        ("then i said i'm here", "Then I said I'm here"),
        ("i", "I"),
        ("one or two", "One or two"),
        ("it is one two", "It is one two"),
        ("it is one two three", "It is 123"),
        ("five five five zero one four two please", "555-0142 please"),
        ("two zero six five five five zero one four two", "206-555-0142"),
        ("robert miller and miller", "Robert Miller and miller"),
        ("mister robert miller", "Mr. Robert Miller"),
        ("mister robert", "Mister Bob"),
    ],
)
def test_words_are_written_as_a_sentence(said, text):
    spellings = {
        ("robert",): "Bob",
        ("robert", "miller"): "Robert Miller",
        ("mister", "robert", "miller"): "Mr. Robert Miller",
    }
    assert " ".join(word.text for word in written(spoken(said), spellings)) == text


def test_what_is_written_as_one_lasts_as_long_as_all_of_it():
    assert written(spoken("it is one two three"), {})[-1] == Word("123", 2, 5)


def test_a_vocabulary_is_a_list_or_a_table():
    assert vocabularies.spellings(["Robert-Miller", ""]) == {("robert", "miller"): "Robert Miller"}
    table = "\ufeffPhrase\tDisplayAs\tIPA\r\nmister-x\tMr. X\t\r\nRobert-Miller\t\t\r\n"
    assert vocabularies.spellings_of_file(table) == {
        ("mister", "x"): "Mr. X",
        ("robert", "miller"): "Robert Miller",
    }
    assert vocabularies.spellings_of_file("Anna\n\nBert\n") == {
        ("anna",): "Anna",
        ("bert",): "Bert",
    }
    with pytest.raises(vocabularies.VocabularyError, match="has the column Sound; allowed: Disp"):
        vocabularies.spellings_of_file("Phrase\tSound\na\tb\n")


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, []),
        (
            {"Media": None},
            ["Value null at 'media' failed to satisfy constraint: Member must not be null"],
        ),
        (
            {"Tags": "a"},
            ["Value 'a' at 'tags' failed to satisfy constraint: Member must be a list"],
        ),
        (
            {"Tags": [{"Key": 1, "Value": "b"}]},
            [
                "Value '1' at 'tags.1.member.key' failed to satisfy constraint: "
                "Member must be a string"
            ],
        ),
        (
            {"Settings": {"ChannelIdentification": "yes"}, "MediaSampleRateHertz": True},
            [
                "Value 'True' at 'mediaSampleRateHertz' failed to satisfy constraint: "
                "Member must be a number",
                "Value 'yes' at 'settings.channelIdentification' failed to satisfy constraint: "
                "Member must be a boolean",
            ],
        ),
        (
            {"LanguageOptions": []},
            [
                "Value '[]' at 'languageOptions' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ],
        ),
        (
            {"Media": "a"},
            ["Value 'a' at 'media' failed to satisfy constraint: Member must be a structure"],
        ),
    ],
)
def test_a_request_is_held_against_the_services_model(more, found):
    assert violations("transcribe", "StartTranscriptionJob", START | more) == found


def test_violations_are_counted():
    assert validation_message(["a"]) == "1 validation error detected: a"
    assert validation_message(["a", "b"]) == "2 validation errors detected: a; b"


def test_a_name_is_as_long_as_it_may_be():
    names = {"TranscriptionJobName": "a" * 200}
    assert violations("transcribe", "GetTranscriptionJob", names) == []
    [said] = violations("transcribe", "GetTranscriptionJob", {"TranscriptionJobName": "a" * 201})
    assert said.endswith("Member must have length less than or equal to 200")


def test_the_largest_media_file_is_two_gigabytes(monkeypatch):
    assert transcribing.LARGEST_BYTES == 2 * 1024**3
    monkeypatch.setattr(transcribing, "LARGEST_BYTES", 3)
    monkeypatch.setattr(reading, "read_object", lambda _bucket, _key: b"1234")
    with pytest.raises(MediaError, match="Invalid file size: file size too large"):
        transcribing.read_media(Job(START, ("bucket", "key"), "test"))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ServiceError("NoSuchKey", "no key"), "doesn't point to an S3 object.*no key"),
        (ServiceError("AccessDenied", "no right"), "can't be accessed.*no right"),
        (RuntimeError("never thought of"), "Internal Failure"),
    ],
    ids=str,
)
def test_a_media_file_that_is_gone_when_its_turn_comes_fails_its_job(monkeypatch, error, reason):
    def read_object(_bucket, _key):
        raise error

    monkeypatch.setattr(reading, "read_object", read_object)
    jobs, job = Jobs(), Job(START, ("bucket", "key"), "test")
    jobs.add(job)
    transcribing.Runner(Engine())._do(jobs, job)
    assert job.status == "FAILED"
    assert re.search(reason, job.failure_reason or "")


def test_the_longest_media_file_is_four_hours(monkeypatch):
    from sandbox.services.transcribe import media

    assert media.MOST_SECONDS == 4 * 60 * 60
    monkeypatch.setattr(media, "MOST_SECONDS", 1)
    decode = {"media_format": None, "sample_rate": None}
    assert media.decode(silence(1), **decode).seconds == 1
    with pytest.raises(MediaError, match="length is too large"):
        media.decode(silence(1.1), **decode)


def test_a_vocabulary_of_an_identified_language_is_that_languages():
    settings = {"Settings": {"VocabularyName": "a"}}
    of_language = {"LanguageIdSettings": {"en-US": {"VocabularyName": "b"}}}
    assert requests.vocabulary_of(settings) == "a"
    assert requests.vocabulary_of(settings | of_language | {"IdentifyLanguage": True}) == "b"
    assert requests.vocabulary_of({}) is None


@pytest.fixture
def engine():
    """Make engines, and end their processes after the test."""
    made = []

    def make(*arguments):
        made.append(Engine(*arguments))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def test_a_recognizer_that_dies_fails_one_file_and_is_started_again(engine, tmp_path):
    mark = tmp_path / "died"
    dying = (
        "import pathlib, runpy, sys\n"
        f"mark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n"
        "    mark.touch()\n"
        "    sys.stdin.readline()\n"
        "    sys.exit()\n"
        "runpy.run_module('sandbox.services.transcribe.worker', run_name='__main__')\n"
    )
    made = engine((sys.executable, "-c", dying))
    with pytest.raises(MediaError, match="Internal Failure"):
        made.hear(silence(1))
    assert made.hear(silence(1)).segments == ()


def test_a_recognizer_that_died_unseen_is_started_again(engine):
    made = engine()
    made.hear(silence(1))
    made._process.kill()
    made._process.wait()
    assert made.hear(silence(2)).seconds == 2


def test_what_was_heard_before_changes_nothing(engine, packed, samples):
    made, file = engine(), packed(samples, "wav")
    first = made.hear(file)
    made.forget()
    assert first.segments
    assert made.hear(file) == first


def test_an_hour_of_silence_behind_what_is_said_changes_nothing(engine, packed, samples):
    made, hour = engine(), np.zeros(3600 * 16_000, dtype=np.int16)
    short, long = (
        made.hear(packed(np.concatenate([samples, end]), "flac")) for end in (hour[:1], hour)
    )
    assert short.segments
    assert long.segments == short.segments
    assert long.seconds == pytest.approx(short.seconds + 3600, abs=0.01)


def test_the_same_file_is_recognized_once(engine, monkeypatch):
    made = engine()
    asked, ask = [], made._ask

    def count(content, request):
        asked.append(request)
        return ask(content, request)

    monkeypatch.setattr(made, "_ask", count)
    for by_channel in (False, False, True, True):
        made.hear(silence(1, channels=2), by_channel=by_channel)
    assert len(asked) == 2
    made.forget()
    made.hear(silence(1, channels=2))
    assert len(asked) == 3


def workers(pid):
    """List the recognizers' processes of a sandbox."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    listed = {int(child) for file in children for child in file.read_text().split()}
    return {child for child in listed if b"sandbox.services.transcribe.worker" in command_of(child)}


def command_of(pid):
    file = Path(f"/proc/{pid}/cmdline")
    return file.read_bytes() if file.exists() else b""


def test_a_reset_forgets_jobs_and_vocabularies_and_the_end_ends_the_recognizer(eventually):
    with client.start(iam=False) as sandbox:
        transcribe, s3 = sandbox.client("transcribe"), sandbox.client("s3")
        wanted = {
            "TranscriptionJobName": "job",
            "LanguageCode": "en-US",
            "Media": {"MediaFileUri": "s3://bucket/a.wav"},
            "OutputBucketName": "bucket",
        }
        for _ in range(2):
            s3.create_bucket(Bucket="bucket")
            s3.put_object(Bucket="bucket", Key="a.wav", Body=silence(1))
            transcribe.create_vocabulary(
                VocabularyName="words", LanguageCode="en-US", Phrases=["a"]
            )
            transcribe.start_transcription_job(**wanted)
            sandbox.reset()
            assert transcribe.list_transcription_jobs()["TranscriptionJobSummaries"] == []
            assert transcribe.list_vocabularies()["Vocabularies"] == []
        running = eventually(lambda: workers(sandbox.server.pid)) if Path("/proc").exists() else ()
    eventually(lambda: not any(map(command_of, running)))
