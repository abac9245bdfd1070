"""That speech becomes text: how well, in which shape, from which files."""

import re

import numpy as np
import pytest
import soxr

from fixtures.speech.calls import SENTENCE, UNHAPPY, VORBIS
from fixtures.speech.error_rate import word_error_rate
from fixtures.speech.silence import silence


def test_a_call_is_understood_almost_word_for_word(put, run, transcript):
    uri = put("call.flac", UNHAPPY.recording)
    results = transcript(run(uri, Settings={"ChannelIdentification": True}))["results"]
    assert word_error_rate(UNHAPPY.text(), results["transcripts"][0]["transcript"]) <= 0.05
    assert results["channel_labels"]["number_of_channels"] == 2
    for number, channel in enumerate(results["channel_labels"]["channels"]):
        assert channel["channel_label"] == f"ch_{number}"
        said = " ".join(item["alternatives"][0]["content"] for item in channel["items"])
        assert word_error_rate(UNHAPPY.text(number), said) <= 0.1


def test_the_document_has_the_shape_of_awss(put, run, transcript):
    uri = put("call.flac", UNHAPPY.recording)
    job = run(uri, Settings={"ChannelIdentification": True})
    written = transcript(job)
    assert set(written) == {"jobName", "accountId", "status", "results"}
    assert written["jobName"] == job["TranscriptionJobName"]
    items, segments = (written["results"][name] for name in ("items", "audio_segments"))
    assert [item["id"] for item in items] == [*range(len(items))]
    assert [n for segment in segments for n in segment["items"]] == [*range(len(items))]
    assert [segment["id"] for segment in segments] == [*range(len(segments))]
    starts = [float(segment["start_time"]) for segment in segments]
    assert starts == sorted(starts)
    for segment in segments:
        *words, full_stop = (items[number] for number in segment["items"])
        assert full_stop["type"] == "punctuation"
        assert full_stop["alternatives"] == [{"confidence": "0.0", "content": "."}]
        assert "start_time" not in full_stop
        assert {item["channel_label"] for item in words} == {segment["channel_label"]}
        assert {item["alternatives"][0]["confidence"] for item in words} == {"0.5"}
        assert words[0]["start_time"] == segment["start_time"]
        assert words[-1]["end_time"] == segment["end_time"]
        times = [float(item[at]) for item in words for at in ("start_time", "end_time")]
        assert times == sorted(times)
        content = " ".join(item["alternatives"][0]["content"] for item in words)
        assert segment["transcript"] == content + "."
        assert content[0].isupper()
    text = " ".join(segment["transcript"] for segment in segments)
    assert written["results"]["transcripts"] == [{"transcript": text}]
    assert "206-555-0142." in text


def test_words_are_where_they_are_spoken(put, run, transcript, packed, samples):
    later = np.concatenate([np.zeros(16_000 * 3, np.int16), samples])
    first = []
    for name, given in (("now.wav", samples), ("later.wav", later)):
        results = transcript(run(put(name, packed(given, "wav"))))["results"]
        assert results["transcripts"][0]["transcript"].startswith("My name is")
        first.append(float(results["items"][0]["start_time"]))
    assert first[1] - first[0] == pytest.approx(3, abs=0.1)


def test_silence_has_an_empty_transcript(put, run, transcript):
    results = transcript(run(put("silence.wav", silence(3))))["results"]
    assert results == {"transcripts": [{"transcript": ""}], "items": [], "audio_segments": []}


def test_an_ogg_is_heard(put, heard):
    assert word_error_rate(SENTENCE, heard(put("a.ogg", VORBIS.read_bytes()))) == 0


@pytest.mark.parametrize(("media_format", "rate"), [("wav", 8_000), ("mp3", 48_000)])
def test_any_format_and_rate_is_heard(put, run, transcript, packed, samples, media_format, rate):
    file = packed(soxr.resample(samples, 16_000, rate), media_format, rate)
    given = {"MediaFormat": media_format, "MediaSampleRateHertz": rate}
    job = run(put("a", file), **given)
    text = transcript(job)["results"]["transcripts"][0]["transcript"]
    assert word_error_rate("My name is Robert Miller and I am very angry", text) <= 0.35
    assert {name: job[name] for name in given} == given


def test_a_vocabulary_spells_what_is_heard(transcribe, put, heard, packed, samples, unique):
    name = unique("names")
    transcribe.create_vocabulary(
        VocabularyName=name, LanguageCode="en-US", Phrases=["Robert-Miller"]
    )
    uri = put("a.wav", packed(samples, "wav"))
    assert "robert miller" in heard(uri)
    assert "Robert Miller" in heard(uri, Settings={"VocabularyName": name})
    settings = {"en-US": {"VocabularyName": name}}
    assert "Robert Miller" in heard(uri, IdentifyLanguage=True, LanguageIdSettings=settings)


def test_the_only_language_is_identified(put, run, transcript, noise):
    for more in ({}, {"LanguageOptions": ["de-DE", "en-US"]}):
        job = run(put("a.wav", noise()), IdentifyLanguage=True, **more)
        assert (job["LanguageCode"], job["IdentifiedLanguageScore"]) == ("en-US", 1.0)
        results = transcript(job)["results"]
        assert results["language_code"] == "en-US"
        assert results["language_identification"] == [{"score": "1.0", "code": "en-US"}]


def test_what_is_not_real_is_said(sandbox, transcribe, put, run, bucket, noise):
    job = run(put("a.wav", noise()))
    name = job["TranscriptionJobName"]
    reply = transcribe.get_transcription_job(TranscriptionJobName=name)
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-sandbox-synthetic"] == "Confidence,IdentifiedLanguageScore"
    written = sandbox.client("s3").head_object(Bucket=bucket, Key=f"out/{name}.json")
    assert written["Metadata"] == {"sandbox-synthetic": "Confidence,IdentifiedLanguageScore"}


@pytest.mark.parametrize(
    ("content", "more", "reason"),
    [
        (b"", {}, "The data in your input media file isn't valid."),
        (b"no sound at all", {}, "The data in your input media file isn't valid."),
        (b"RIFF\0\0\0\0WAVEjunk", {}, "The data in your input media file isn't valid."),
        (b"\0\0\0\x18ftypmp42" + bytes(40), {}, "Unsupported media format: .* cannot decode mp4"),
        (b"\0\0\0\x18ftypM4A " + bytes(40), {}, "Unsupported media format: .* cannot decode m4a"),
        (b"\x1aE\xdf\xa3" + bytes(40), {}, "Unsupported media format: .* cannot decode webm"),
        (b"#!AMR\n" + bytes(40), {}, "Unsupported media format: .* cannot decode amr"),
        (silence(1), {"MediaFormat": "mp3"}, "The media format provided does not match"),
        (silence(1), {"MediaSampleRateHertz": 8000}, "The sample rate provided does not match"),
        (silence(0.4), {}, "The input media file length is too small."),
        (silence(1, rate=7000), {}, "Invalid sample rate for audio file."),
        (silence(1, channels=3), {}, "Invalid number of channels"),
        (silence(1), {"Settings": {"ChannelIdentification": True}}, "needs .* two channels"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_transcribed_fails_its_job(put, run, content, more, reason):
    job = run(put("a", content), **more)
    assert job["TranscriptionJobStatus"] == "FAILED"
    assert "Transcript" not in job
    assert re.search(reason, job["FailureReason"])
