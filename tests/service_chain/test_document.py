"""The record of a document: complete, the same every time, and nothing personal in it."""

import copy
import json
from typing import Any

import pytest

from service_chain.document import document_of, summary_of
from service_chain.personal_words import PersonalWords

INPUT = {
    "document_id": "d",
    "attempt": 2,
    "bucket": "inbox",
    "key": "calls/a b.wav",
    "version_id": "v1",
    "size": 1000,
    "event_time": "2026-03-01T09:00:00Z",
    "copy_source": "inbox/calls/a%20b.wav?versionId=v1",
}
LACKS_POLISH = {"stage": "analyze", "language": "pl", "reason": "Comprehend lacks it"}
CHAIN: dict[str, Any] = {
    "input": INPUT,
    "identified": {
        "kind": "audio",
        "media_format": "wav",
        "channels": 2,
        "encoding": None,
        "seconds": 61.5,
    },
    "read": {
        "characters": 500,
        "bytes": 510,
        "empty": False,
        "language": "en",
        "language_code": "en-US",
        "sample": "x" * 350,
        "audio_seconds": 61.2,
        "words": 90,
    },
    "language": {"code": "en-US", "base": "en", "source": "transcript", "score": 0.99},
    "split": {
        "chunks": 1,
        "skipped": ["pl"],
        "skipped_stages": [LACKS_POLISH],
        "passed_through": False,
        "speak": [],
    },
    "translations": [
        {"language": "pl", "characters": 500, "text_characters": 530, "speech_characters": 529},
        {"language": "es", "characters": 500, "text_characters": 540, "speech_characters": 539},
    ],
    "insights": [{"language": "es"}, {"language": "en"}],
    "redactions": [{"language": "en", "spans": 3}],
    "speech": [{"language": "es", "uri": "s3://results/speech/es/d/1.mp3"}],
    "started_at": "2026-03-01T09:00:05Z",
    "execution": "execution-name",
}
SENTIMENT = {"label": "MIXED", "positive": 0.4, "negative": 0.1, "neutral": 0.0, "mixed": 0.5}


def name(text, score=0.9, count=1, kind="PERSON", **more):
    return {"text": text, "type": kind, "score": score, "count": count, "offsets": [[0, 1]], **more}


def account(*entities, phrases=(), pii=()):
    return {
        "sentiment": SENTIMENT,
        "segments": [{"begin": 0, "end": 9}],
        "entities": list(entities),
        "key_phrases": list(phrases),
        "pii": list(pii),
        "units": {"sentiment": 5, "entities": 5, "key_phrases": 5, "pii": 4},
    }


ACCOUNTS = {"en": account(), "es": account() | {"pii": None}}


def write(chain=CHAIN, accounts=ACCOUNTS, **changes):
    usual = {"bucket": "results", "confidence": 0.5, "personal": None}
    return document_of(
        chain, accounts, **{**usual, "finished_at": "2026-03-01T09:10:00Z", **changes}
    )


def test_a_recording_that_went_through_all_stages_has_all_members():
    insights = {
        "sentiment": SENTIMENT,
        "entities": [],
        "entity_count": 0,
        "key_phrases": [],
        "key_phrase_count": 0,
    }
    assert write() == {
        "schema_version": 1,
        "document_id": "d",
        "input": {
            "bucket": "inbox",
            "key": "calls/a b.wav",
            "version_id": "v1",
            "size_bytes": 1000,
            "event_time": "2026-03-01T09:00:00Z",
            "kind": "audio",
            "media_format": "wav",
            "channels": 2,
            "encoding": None,
        },
        "language": {"code": "en-US", "base": "en", "source": "transcript", "score": 0.99},
        "characters": 500,
        "words": 90,
        "audio_seconds": 61.5,
        "text_uri": "s3://results/texts/d.txt",
        "transcript_uri": "s3://results/transcripts/d.json",
        "translations": [
            {"language": "es", "uri": "s3://results/translations/es/d.txt", "characters": 540},
            {"language": "pl", "uri": "s3://results/translations/pl/d.txt", "characters": 530},
        ],
        "insights": [
            {
                "language": "en",
                "is_source": True,
                "text_uri": "s3://results/texts/d.txt",
                "insights_uri": "s3://results/insights/en/d.json",
                **insights,
                "pii": [],
                "redacted_uri": "s3://results/redacted/en/d.txt",
                "redaction_spans": 3,
            },
            {
                "language": "es",
                "is_source": False,
                "text_uri": "s3://results/translations/es/d.txt",
                "insights_uri": "s3://results/insights/es/d.json",
                **insights,
                "pii": None,
                "redacted_uri": None,
                "redaction_spans": None,
            },
        ],
        "skipped_languages": ["pl"],
        "skipped_stages": [LACKS_POLISH],
        "speech": [{"language": "es", "uri": "s3://results/speech/es/d/1.mp3"}],
        "billed": {
            "audio_seconds": 62,
            "translated_characters": 1000,
            "comprehend_units": 38,
            "speech_characters": 539,
        },
        "started_at": "2026-03-01T09:00:05Z",
        "finished_at": "2026-03-01T09:10:00Z",
        "attempt": 2,
        "execution": "execution-name",
    }


def test_the_record_is_the_same_in_whatever_order_the_stages_replied():
    chain = copy.deepcopy(CHAIN)
    for member in ("translations", "insights", "speech"):
        chain[member].reverse()
    assert json.dumps(write(chain)) == json.dumps(write())
    assert write(finished_at="later") == write() | {"finished_at": "later"}


def test_one_reply_that_is_in_no_list_is_as_good_as_a_list_of_it():
    stages = ("translations", "insights", "redactions", "speech")
    chain = CHAIN | {name: CHAIN[name][:1] for name in stages}
    bare = CHAIN | {name: CHAIN[name][0] for name in stages}
    assert write(bare) == write(chain)
    assert len(write(bare)["speech"]) == 1


@pytest.mark.parametrize("nothing", [None, []])
def test_a_silent_recording_has_a_record_too(nothing):
    stages = dict.fromkeys(("translations", "insights", "redactions", "speech"), nothing)
    read = CHAIN["read"] | {"characters": 0, "words": 0, "sample": "", "empty": True}
    document = write(CHAIN | stages | {"read": read, "language": None, "split": None}, {})
    assert document["billed"] == {
        "audio_seconds": 62,
        "translated_characters": 0,
        "comprehend_units": 0,
        "speech_characters": 0,
    }
    assert (document["insights"], document["translations"]) == ([], [])
    assert document["language"] == dict.fromkeys(("code", "base", "source", "score"))
    assert summary_of(document, "k")["sentiment"] is None


def test_a_text_has_no_transcript_and_pays_for_finding_its_language():
    chain = CHAIN | {
        "identified": {"kind": "text", "media_format": None, "channels": None, "encoding": "utf-8"},
        "language": {"code": "en", "base": "en", "source": "identified", "score": 0.9},
        "read": CHAIN["read"] | {"audio_seconds": None},
    }
    document = write(chain)
    assert document["transcript_uri"] is None
    assert document["billed"]["audio_seconds"] == 0
    assert document["billed"]["comprehend_units"] == 2 * 19 + 4


def test_for_finding_the_language_of_a_recording_comprehend_is_not_paid():
    language = CHAIN["language"] | {"source": "identified"}
    assert write(CHAIN | {"language": language})["billed"] == write()["billed"]


def test_a_transcript_that_came_as_such_was_not_transcribed_by_us():
    chain = CHAIN | {"identified": CHAIN["identified"] | {"kind": "transcript"}}
    document = write(chain)
    assert document["transcript_uri"] == "s3://results/transcripts/d.json"
    assert document["billed"]["audio_seconds"] == 0


def test_a_source_that_was_passed_through_is_among_the_translations_and_not_on_the_bill():
    split = CHAIN["split"] | {
        "passed_through": True,
        "speak": [{"language": "en", "pieces": 1, "speech_characters": 499}],
    }
    speech = [*CHAIN["speech"], {"language": "en", "uri": "s3://results/speech/en/d/1.mp3"}]
    document = write(CHAIN | {"split": split, "speech": speech})
    assert [(t["language"], t["characters"]) for t in document["translations"]] == [
        ("en", 500),
        ("es", 540),
        ("pl", 530),
    ]
    assert document["billed"]["translated_characters"] == 1000
    assert document["billed"]["speech_characters"] == 539 + 499


ANN = [
    name("Ann Lee", 0.9, 2, pii=True, masked="[NAME]"),
    name("Bob", 0.95, 3, pii=True, masked="[NAME]"),
    name("Rome", 0.8, 1, "LOCATION"),
]
FLAGGED = account(
    *ANN,
    phrases=[name("Ann Lee's account", pii=True, masked="[NAME]'s account")],
    pii=[
        {"type": "NAME", "begin": 0, "end": 7, "score": 0.9},
        {"type": "NAME", "begin": 9, "end": 12, "score": 0.4},
        {"type": "EMAIL", "begin": 20, "end": 30, "score": 0.5},
    ],
)


def test_what_is_personal_is_masked_where_redaction_is_on():
    accounts = {"en": FLAGGED, "es": account()}
    english, spanish = write(accounts=accounts, personal=PersonalWords())["insights"]
    assert english["entities"] == [
        {"text": "[NAME]", "type": "PERSON", "score": 0.95, "count": 5},
        {"text": "Rome", "type": "LOCATION", "score": 0.8, "count": 1},
    ]
    assert english["key_phrases"] == [{"text": "[NAME]'s account", "score": 0.9, "count": 1}]
    assert english["entity_count"] == 3
    assert english["pii"] == [{"type": "EMAIL", "count": 1}, {"type": "NAME", "count": 1}]
    assert "Ann" not in json.dumps(english)
    assert "Bob" not in json.dumps(english)
    assert (english["redaction_spans"], spanish["redaction_spans"]) == (3, None)


def test_what_is_personal_is_told_where_redaction_is_off():
    english, spanish = write(accounts=dict.fromkeys(("en", "es"), FLAGGED))["insights"]
    assert [e["text"] for e in english["entities"]] == ["Bob", "Ann Lee", "Rome"]
    assert english["entities"] == spanish["entities"]
    assert [e["text"] for e in english["key_phrases"]] == ["Ann Lee's account"]


def test_what_was_flagged_in_one_language_is_masked_in_all_and_makes_no_copy_of_any():
    personal = PersonalWords()
    personal.add("Rome", "ADDRESS")
    french = account(*ANN[2:], phrases=[name("Rome la belle", kind="")]) | {"pii": None}
    accounts = {"en": FLAGGED, "es": french}
    english, unchecked = write(accounts=accounts, personal=personal)["insights"]
    assert "Rome" not in json.dumps([english, unchecked])
    assert unchecked["entities"][0]["text"] == "[ADDRESS]"
    assert unchecked["key_phrases"][0]["text"] == "[ADDRESS] la belle"
    assert (unchecked["pii"], unchecked["redacted_uri"]) == (None, None)


def test_the_surest_names_are_kept_then_the_most_frequent():
    names = [name(f"n{n}", score=n % 3 / 10, count=n) for n in range(300)]
    document = write(accounts={"en": account(*names), "es": account()})
    english = document["insights"][0]
    kept = [(entry["score"], entry["count"]) for entry in english["entities"]]
    assert len(kept) == 200
    assert kept == sorted(kept, reverse=True)
    assert kept[0] == (0.2, 299)
    assert english["entity_count"] == 300


def test_the_text_of_the_source_is_the_documents_own():
    english, spanish = write()["insights"]
    assert (english["is_source"], english["text_uri"]) == (True, "s3://results/texts/d.txt")
    assert (spanish["is_source"], spanish["text_uri"]) == (
        False,
        "s3://results/translations/es/d.txt",
    )


def test_a_notification_says_nothing_that_stands_in_the_text():
    names = [name("Ann Lee"), name("Rome")]
    pii = [{"type": "NAME", "begin": 0, "end": 7, "score": 0.9}]
    document = write(accounts=dict.fromkeys(("en", "es"), account(*names, pii=pii)))
    summary = summary_of(document, "documents/day=2026-03-01/d.json")
    assert summary == {
        "document_id": "d",
        "document_key": "documents/day=2026-03-01/d.json",
        "kind": "audio",
        "language": "en-US",
        "characters": 500,
        "audio_seconds": 61.5,
        "translations": ["es", "pl"],
        "sentiment": "MIXED",
        "pii": 2,
        "skipped_languages": ["pl"],
        "skipped_stages": [LACKS_POLISH],
    }
