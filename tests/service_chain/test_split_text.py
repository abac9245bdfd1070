"""Splitting: what Translate, Comprehend and Polly are given, and what the machine is told."""

import json

import pytest

from service_chain import split_text

TEXT = "I met Ana\u2028in Rome. It rained. "
ANALYSIS = {
    "language": "en",
    "language_code": "en",
    "batches": 1,
    "batches_key": "work/d/batches/en.jsonl",
    "pii": True,
}
REPLY_KEYS = {
    "phrases": "work/d/insights/en/0-phrases.json",
    "names": "work/d/insights/en/0-names.json",
}


@pytest.fixture
def split(bucket, context):
    def run(text=TEXT, language="en", targets=("es", "fr")):
        bucket.put("work/d/text.json", {"text": text, "language": None, "words": []})
        event = {"document_id": "d", "language": language, "targets": list(targets)}
        return split_text.handler(event, context)

    return run


def test_a_text_is_cut_for_translation_and_analysis(split, bucket):
    assert split() == {
        "chunks": 1,
        "chunks_key": "work/d/chunks.jsonl",
        "first_failure_key": "work/d/failure.json",
        "translate": [{"language": "es"}, {"language": "fr"}],
        "analyze": [ANALYSIS],
        "skipped": [],
        "skipped_stages": [],
        "passed_through": False,
        "speak": [],
    }
    lines = bucket.lines("work/d/chunks.jsonl")
    translated = {name: f"work/d/translated/{name}/0.json" for name in ("es", "fr")}
    assert lines == [
        {"n": 0, "lead": "", "text": TEXT.rstrip(), "tail": " ", "reply_keys": translated}
    ]
    assert bucket.lines("work/d/batches/en.jsonl") == [
        {
            "n": 0,
            "begin": 0,
            "text": TEXT.rstrip(),
            "texts": [TEXT.rstrip()],
            "offsets": [0],
            "reply_keys": REPLY_KEYS,
        }
    ]
    assert bucket.json("work/d/batches/en.json") == {
        "text_key": "texts/d.txt",
        "characters": len(TEXT),
        "batches": 1,
    }
    assert not [key for key in bucket.objects if key.startswith("translations/")]


def test_the_limits_are_settings(split, bucket, monkeypatch):
    monkeypatch.setenv("CHUNK_BYTES", "20")
    monkeypatch.setenv("ITEM_BYTES", "16")
    assert split()["chunks"] == 2
    lines = bucket.lines("work/d/chunks.jsonl")
    assert "".join(line["lead"] + line["text"] + line["tail"] for line in lines) == TEXT
    (batch,) = bucket.lines("work/d/batches/en.jsonl")
    assert max(len(text) for text in batch["texts"]) <= 16


def test_a_target_that_is_the_source_is_passed_through(split, bucket, monkeypatch):
    monkeypatch.setenv("VOICES", '{"en": "Joanna"}')
    reply = split(targets=["en", "es", "es"])
    assert reply["translate"] == [{"language": "es"}]
    assert reply["passed_through"] is True
    assert reply["speak"] == [
        {
            "language": "en",
            "pieces": 1,
            "pieces_key": "work/d/speech/en.jsonl",
            "speech_characters": len(TEXT.rstrip()),
        }
    ]
    assert bucket.text("translations/en/d.txt") == TEXT
    assert bucket.lines("work/d/speech/en.jsonl") == [
        {"n": 0, "text": TEXT.rstrip(), "key_prefix": "speech/en/d/0"}
    ]


def test_where_the_source_is_the_only_target_nothing_is_translated(split, bucket):
    reply = split(targets=["en"])
    assert (reply["chunks"], reply["translate"]) == (0, [])
    assert "work/d/chunks.jsonl" not in bucket.objects


def test_a_language_that_comprehend_lacks_is_skipped_and_said_to_be(split, bucket):
    reply = split(language="pl", targets=["cs"])
    assert (reply["analyze"], reply["skipped"]) == ([], ["pl", "cs"])
    assert "work/d/batches/pl.jsonl" not in bucket.objects


def test_a_language_that_translate_lacks_is_not_translated_and_the_reply_says_so(split, bucket):
    reply = split("Kaixo mundua gaur eguraldi ona dago", language="eu", targets=["es", "cs"])
    assert (reply["chunks"], reply["translate"], reply["analyze"]) == (0, [], [])
    assert reply["skipped"] == ["eu"]  # there is no translation that could be analysed
    assert reply["skipped_stages"] == [
        {"stage": "translate", "language": "eu", "reason": "Amazon Translate lacks the language"},
        {"stage": "analyze", "language": "eu", "reason": "Amazon Comprehend lacks the language"},
    ]
    assert list(bucket.objects) == ["work/d/text.json"]


def test_a_language_that_translate_lacks_is_passed_through_where_it_is_the_target(split):
    reply = split("Kaixo", language="eu", targets=["eu"])
    assert (reply["translate"], reply["passed_through"]) == ([], True)
    assert [skipped["stage"] for skipped in reply["skipped_stages"]] == ["analyze"]


def test_a_language_without_a_voice_is_not_spoken_and_the_reply_says_so(split, monkeypatch):
    monkeypatch.setenv("VOICES", '{"es": "Lupe"}')
    reply = split(targets=["en", "es", "fr"])
    said = [(skipped["stage"], skipped["language"]) for skipped in reply["skipped_stages"]]
    assert said == [("speak", "fr"), ("speak", "en")]
    assert reply["speak"] == []


@pytest.mark.parametrize(("analyze", "analyses"), [("targets", []), ("source", [ANALYSIS])])
def test_whether_the_source_is_analysed_is_a_setting(split, monkeypatch, analyze, analyses):
    monkeypatch.setenv("ANALYZE", analyze)
    assert split()["analyze"] == analyses


def test_a_blank_text_needs_nothing_done(split, bucket):
    reply = split(" \r\n\u2028")
    assert (reply["chunks"], reply["translate"], reply["analyze"]) == (0, [], [])
    assert list(bucket.objects) == ["work/d/text.json"]


def test_the_log_has_nothing_of_the_text(split, log):
    split()
    entry = json.loads(log())
    assert (entry["document_id"], entry["chunks"]) == ("d", 1)
    assert "Ana" not in log()
