"""Recordings, texts and transcripts go in; each comes out as one document that a person can ask."""

import json

from fixtures.speech.calls import HAPPY, SENTENCE, VORBIS
from fixtures.speech.error_rate import word_error_rate
from fixtures.speech.silence import silence

COMPLAINT = (
    "The service was terrible and the box was broken. I am very angry. "
    "Write to Eleanor Whitcombe at eleanor.whitcombe@example.com. \N{ANGRY FACE}"
)
ODD_KEYS = (
    "sub/folder/with space/it's+100%.txt",
    "ключ/文書:№1 — é.txt",
    "line\nbreak.txt",
    f"{'long/' * 180}end.txt",
)


def test_a_recording_becomes_a_document_with_its_words_and_times(calm):
    name = calm.drop("calls/happy.flac", HAPPY.recording)
    document = calm.finished([name], seconds=180)[name]
    assert (document["input"]["kind"], document["input"]["channels"]) == ("audio", 2)
    assert (document["language"]["code"], document["language"]["source"]) == ("en-US", "transcript")
    text = calm.text(document["text_uri"])
    assert word_error_rate(HAPPY.text(), text) < 0.2
    words = calm.read(f"work/{name}/text.json")["words"]
    assert all(text[w["begin"] : w["end_offset"]] == w["text"] for w in words)
    assert len({w["channel"] for w in words}) == 2
    assert len(words) == document["words"] > 30
    (source,) = [i for i in document["insights"] if i["is_source"]]
    assert source["sentiment"]["label"] == "POSITIVE"
    assert document["billed"]["audio_seconds"] >= 10
    assert {t["language"] for t in document["translations"]} == {"es", "fr"}


def test_a_recording_in_which_nobody_speaks_is_an_empty_document_and_no_failure(calm):
    quiet = calm.drop("calls/quiet.wav", silence(3))
    document = calm.finished([quiet])[quiet]
    assert (document["characters"], document["words"], document["insights"]) == (0, 0, [])


def test_a_text_is_translated_analysed_and_redacted(calm):
    name = calm.drop("complaint.txt", COMPLAINT.encode("utf-16"))
    document = calm.finished([name])[name]
    assert calm.text(document["text_uri"]) == COMPLAINT
    assert document["language"]["base"] == "en"
    assert document["transcript_uri"] is None
    (english,) = [i for i in document["insights"] if i["language"] == "en"]
    assert english["is_source"]
    assert english["sentiment"]["label"] == "NEGATIVE"
    assert "EMAIL" in {p["type"] for p in english["pii"]}
    redacted = calm.text(english["redacted_uri"])
    assert "eleanor.whitcombe@example.com" not in redacted
    assert "[EMAIL]" in redacted
    assert "eleanor.whitcombe@example.com" not in json.dumps(document)
    assert {i["language"] for i in document["insights"]} == {"en", "es", "fr"}
    full = calm.read(english["insights_uri"])
    for entry in [*full["entities"], *full["key_phrases"]]:
        for begin, end in entry["offsets"]:
            assert COMPLAINT[begin:end].casefold() == entry["text"].casefold()


def test_a_transcript_of_elsewhere_is_taken_as_one(calm):
    recording = calm.drop("calls/sentence.ogg", VORBIS.read_bytes())
    heard = calm.finished([recording])[recording]
    name = calm.drop("sentence.json", calm.text(heard["transcript_uri"]).encode())
    document = calm.finished([name])[name]
    assert document["input"]["kind"] == "transcript"
    assert document["words"] == heard["words"] >= len(SENTENCE.split()) - 1


def test_every_key_that_s3_takes_works(calm):
    ids = calm.drop_all([(key, b"The delivery was fast.") for key in ODD_KEYS])
    found = calm.finished(ids)
    assert [found[name]["input"]["key"] for name in ids] == list(ODD_KEYS)


def test_a_target_that_is_the_source_is_passed_through(calm):
    spanish = "El pedido llegó tarde y la caja estaba rota. Estoy muy enfadado con ustedes."
    name = calm.drop("queja.txt", spanish.encode())
    document = calm.finished([name])[name]
    assert document["language"]["base"] == "es"
    uris = {t["language"]: t["uri"] for t in document["translations"]}
    assert calm.text(uris["es"]) == spanish
    assert sorted(i["language"] for i in document["insights"]) == ["es", "fr"]


def test_bad_input_is_set_aside_with_its_reason(calm):
    bad = {
        "empty.txt": (b"", "empty"),
        "invoice.txt": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "unsupported"),
        "noise.bin": (bytes(range(256)) * 64, "not_text"),
        "torn.wav": (silence(1)[:20], "damaged"),
        "other.json": (b'{"results": 1}', "unsupported"),
    }
    ids = dict(zip(bad, calm.drop_all([(k, body) for k, (body, _) in bad.items()]), strict=True))
    found = calm.finished(ids.values())
    assert {key: found[name]["reason"] for key, name in ids.items()} == {
        key: reason for key, (_, reason) in bad.items()
    }
    assert {found[name]["state"] for name in ids.values()} == {"Identify"}
    assert {found[name]["error"] for name in ids.values()} == {"Refused"}


def test_the_documents_are_asked_in_athena(calm):
    name = calm.drop("praise.txt", b"The coffee machine is wonderful. I love it.")
    refused = calm.drop("nothing.txt", b"")
    calm.finished([name, refused])
    rows = calm.ask(f"SELECT * FROM insights WHERE document_id = '{name}' ORDER BY language")
    assert [row["language"] for row in rows] == ["en", "es", "fr"]
    assert rows[0]["sentiment"] == "positive"
    (failed,) = calm.ask(f"SELECT * FROM failures WHERE document_id = '{refused}'")
    assert failed["reason"] == "empty"
    (document,) = calm.ask(
        f"SELECT document_id, input.key AS object_key FROM documents WHERE document_id = '{name}'"
    )
    assert document["object_key"] == "praise.txt"
