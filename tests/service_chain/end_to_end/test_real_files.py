"""Files as people have them: what a reader sees is what is found, masked, translated and billed."""

import io
import json
import unicodedata

import numpy as np
import pytest
import soundfile

from fixtures.speech.calls import VORBIS

NAMES = "Please call María Peña in Málaga about the piñata campaign. José Núñez was very happy."
CONTACTS = (
    "id,phone\n1,206-555-0100,x\n5 (206-555-0100) x\n"
    "Please call John Smith about the very late delivery.\n"
)
FORMATS = [("wav", "PCM_24"), ("mp3", "MPEG_LAYER_III"), ("flac", "PCM_16"), ("ogg", "VORBIS")]


def transcribed(text, language_code):
    item = {
        "type": "pronunciation",
        "start_time": "0.0",
        "end_time": "0.4",
        "alternatives": [{"confidence": "0.9", "content": text.split()[0]}],
    }
    results = {
        "transcripts": [{"transcript": text}],
        "language_code": language_code,
        "items": [item],
    }
    return json.dumps({"jobName": "j", "status": "COMPLETED", "results": results}).encode()


def test_a_language_that_translate_lacks_is_a_document_without_translations(calm):
    said = transcribed("Kaixo mundua gaur eguraldi ona dago", "eu-ES")
    name = calm.drop("basque.json", said)
    document = calm.finished([name])[name]
    assert document["language"]["base"] == "eu"
    assert (document["translations"], document["insights"], document["speech"]) == ([], [], [])
    assert [(s["stage"], s["language"]) for s in document["skipped_stages"]] == [
        ("analyze", "eu"),
        ("translate", "eu"),
    ]
    assert all("lacks the language" in skipped["reason"] for skipped in document["skipped_stages"])
    assert document["billed"] == dict.fromkeys(document["billed"], 0)


def test_accents_that_are_apart_change_neither_findings_nor_redaction(calm):
    forms = {form: unicodedata.normalize(form, NAMES).encode() for form in ("NFC", "NFD")}
    ids = dict(zip(forms, calm.drop_all(list(forms.items())), strict=True))
    found = calm.finished(ids.values())
    together, apart = (found[ids[form]] for form in ("NFC", "NFD"))
    for one, other in zip(together["insights"], apart["insights"], strict=True):
        same = ("language", "sentiment", "entities", "key_phrases", "pii", "redaction_spans")
        assert [one[name] for name in same] == [other[name] for name in same]
        if one["redacted_uri"]:
            assert calm.text(one["redacted_uri"]) == calm.text(other["redacted_uri"])
    redacted = calm.text(apart["insights"][0]["redacted_uri"])
    assert "[NAME]" in redacted
    assert unicodedata.is_normalized("NFC", redacted)


def test_telephone_numbers_are_masked_whatever_stands_before_them(calm):
    name = calm.drop("phone.csv", CONTACTS.encode())
    document = calm.finished([name])[name]
    redacted = calm.text(document["insights"][0]["redacted_uri"])
    assert redacted.startswith("id,phone\n1,[PHONE],x\n5 ([PHONE]) x\n")
    assert "555" not in redacted


def test_texts_that_hold_nothing_to_read_are_set_aside(calm):
    bad = {
        "bom.txt": (b"\xef\xbb\xbf", "empty"),
        "spaces.txt": (b" \n\t\r\n ", "empty"),
        "surrogate.txt": (b"I am happy \xed\xa0\xbd", "not_text"),
    }
    ids = dict(zip(bad, calm.drop_all([(k, body) for k, (body, _) in bad.items()]), strict=True))
    found = calm.finished(ids.values())
    reasons = {key: found[name]["reason"] for key, name in ids.items()}
    assert reasons == {key: reason for key, (_, reason) in bad.items()}


@pytest.mark.parametrize(("media_format", "subtype"), FORMATS)
def test_one_voice_on_both_channels_is_one_speaker(calm, media_format, subtype):
    samples, rate = soundfile.read(VORBIS)
    file = io.BytesIO()
    both = np.stack([samples, samples], axis=1)
    soundfile.write(file, both, rate, format=media_format.upper(), subtype=subtype)
    alone = calm.drop("calls/alone.ogg", VORBIS.read_bytes())
    twice = calm.drop(f"calls/twice.{media_format}", file.getvalue())
    found = calm.finished([alone, twice])
    words = calm.read(f"work/{twice}/text.json")["words"]
    assert not [word for word in words if "channel" in word]
    assert abs(found[twice]["words"] - found[alone]["words"]) <= 2
    assert found[twice]["words"] < 1.5 * found[alone]["words"]
    spent = ("translated_characters", "comprehend_units", "audio_seconds")
    for name in spent:
        assert found[twice]["billed"][name] < 1.3 * found[alone]["billed"][name] + 1
