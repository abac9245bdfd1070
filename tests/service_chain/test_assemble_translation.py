"""Translated chunks become the translation, in order, all of them or none."""

import pytest
from botocore.exceptions import ClientError

from service_chain import assemble_translation, split_text
from service_chain.failures import Incomplete

TEXT = "\n".join(f"Line {n} is here." for n in range(300))


@pytest.fixture
def split(bucket, context, monkeypatch):
    def run(text=TEXT):
        monkeypatch.setenv("CHUNK_BYTES", "64")
        bucket.put("work/d/text.json", {"text": text, "language": "en", "words": []})
        event = {"document_id": "d", "language": "en", "targets": ["es"]}
        return split_text.handler(event, context)["chunks"]

    return run


@pytest.fixture
def translate(bucket):
    def run():
        for line in bucket.lines("work/d/chunks.jsonl"):
            reply = {"n": line["n"], "text": line["text"].upper(), "source_language": "en"}
            bucket.put(f"work/d/translated/es/{line['n']}.json", reply)

    return run


@pytest.fixture
def assemble(context):
    def run(chunks):
        event = {"document_id": "d", "language": "es", "chunks": chunks}
        return assemble_translation.handler(event, context)

    return run


def test_chunks_are_joined_in_order_with_all_that_was_between(split, translate, assemble, bucket):
    chunks = split()
    assert chunks > 64  # more than are read at once
    translate()
    assert assemble(chunks) == {
        "language": "es",
        "characters": len(TEXT) - (chunks - 1),
        "text_characters": len(TEXT),
        "bytes": len(TEXT),
        "analyze": [
            {
                "language": "es",
                "language_code": "es",
                "batches": 1,
                "batches_key": "work/d/batches/es.jsonl",
                "pii": True,
            }
        ],
        "pieces": 0,
        "speech_characters": 0,
    }
    assert bucket.text("translations/es/d.txt") == TEXT.upper()
    assert bucket.json("work/d/batches/es.json")["text_key"] == "translations/es/d.txt"
    assert bucket.lines("work/d/batches/es.jsonl")[0]["texts"][0].startswith("LINE 0")


def test_long_blanks_come_back_from_the_text(split, translate, assemble, bucket):
    text = "One." + " \n" * 5000 + "Two. "
    chunks = split(text)
    translate()
    assemble(chunks)
    assert bucket.text("translations/es/d.txt") == text.upper()


def test_a_missing_chunk_makes_the_translation_incomplete(split, translate, assemble, bucket):
    chunks = split()
    translate()
    del bucket.objects["work/d/translated/es/37.json"]
    with pytest.raises(Incomplete, match="chunk 37 has no translation into es"):
        assemble(chunks)
    assert "translations/es/d.txt" not in bucket.objects


def test_a_chunk_that_may_not_be_read_is_no_missing_one(split, translate, assemble, bucket):
    chunks = split()
    translate()
    bucket.denied["work/d/translated/es/3.json"] = "AccessDenied"
    with pytest.raises(ClientError, match="AccessDenied"):
        assemble(chunks)


def test_chunks_of_another_split_are_not_taken_for_these(split, translate, assemble):
    chunks = split()
    translate()
    with pytest.raises(Incomplete, match=f"{chunks} chunks were written; want the 7"):
        assemble(7)


def test_a_translation_is_spoken_where_its_language_has_a_voice(
    split, translate, assemble, bucket, monkeypatch
):
    monkeypatch.setenv("VOICES", '{"es": "Lupe"}')
    chunks = split("One. Two.")
    translate()
    reply = assemble(chunks)
    assert (reply["pieces"], reply["speech_characters"]) == (1, 9)
    assert bucket.lines("work/d/speech/es.jsonl") == [
        {"n": 0, "text": "ONE. TWO.", "key_prefix": "speech/es/d/0"}
    ]


def test_whether_translations_are_analysed_is_a_setting(split, translate, assemble, monkeypatch):
    monkeypatch.setenv("ANALYZE", "source")
    chunks = split()
    translate()
    assert assemble(chunks)["analyze"] == []


def test_the_log_has_nothing_of_the_text(split, translate, assemble, log):
    chunks = split()
    translate()
    assemble(chunks)
    assert '"chunks":' in log()
    assert "LINE" not in log()
