"""The result is written once, by whichever attempt comes first."""

import json

import pytest
from botocore.exceptions import ClientError

from service_chain import assemble_document

EVENT = {
    "input": {
        "document_id": "d",
        "attempt": 1,
        "bucket": "inbox",
        "key": "a.txt",
        "version_id": "v1",
        "size": 9,
        "event_time": "2026-03-01T23:30:00-01:00",
    },
    "identified": {"kind": "text", "media_format": None, "channels": None, "encoding": "utf-8"},
    "read": {"characters": 7, "words": 0, "audio_seconds": None, "sample": "Ana Lee"},
    "language": {"code": "en", "base": "en", "source": "setting", "score": None},
    "split": {"chunks": 0, "translate": [], "analyze": [], "skipped": [], "passed_through": False},
    "translations": [],
    "insights": [{"language": "en"}],
    "redactions": [{"language": "en", "spans": 1}],
    "speech": None,
    "started_at": "2026-03-01T23:30:09Z",
    "execution": "execution-name",
}
KEY = "documents/day=2026-03-02/d.json"


@pytest.fixture
def insights(bucket):
    entity = {"text": "Ana Lee", "type": "PERSON", "score": 0.9, "count": 1, "offsets": [[0, 7]]}
    account = {
        "sentiment": {"label": "NEUTRAL", "positive": 0, "negative": 0, "neutral": 1, "mixed": 0},
        "entities": [entity | {"pii": True, "masked": "[NAME]"}],
        "key_phrases": [],
        "pii": [{"type": "NAME", "begin": 0, "end": 7, "score": 0.9}],
        "units": {"sentiment": 3, "entities": 3, "key_phrases": 3, "pii": 3},
    }
    bucket.put("insights/en/d.json", account)
    bucket.put("texts/d.txt", "Ana Lee")
    return account


def test_a_document_is_written_under_the_day_of_its_event(insights, bucket, context, metrics):
    reply = assemble_document.handler(EVENT, context)
    assert (reply["document_key"], reply["status"]) == (KEY, "created")
    (document,) = bucket.lines(KEY)
    assert document["insights"][0]["entities"][0]["text"] == "[NAME]"
    assert document["billed"]["comprehend_units"] == 12
    assert document["finished_at"].endswith("Z")
    assert "Ana" not in bucket.text(KEY)
    assert reply["summary"]["document_key"] == KEY
    assert len(json.dumps(reply)) < 2000
    assert metrics(service="ServiceChain") == {
        "DocumentsAssembled": [1],
        "AudioSecondsBilled": [0],
        "CharactersTranslated": [0],
        "ComprehendUnits": [12],
        "CharactersSpoken": [0],
    }


TWO = [{"language": "en"}, {"language": "fr"}]


@pytest.fixture
def french(insights, bucket):
    """Let nobody have looked for what is personal in the French translation."""
    entities = [
        {"text": text, "type": "LOCATION", "score": 0.9, "count": 1, "offsets": [[0, 1]]}
        for text in ("la rue LEE", "Lyon")
    ]
    bucket.put("insights/fr/d.json", insights | {"entities": entities, "pii": None})
    return EVENT | {"insights": TWO}


def _places(bucket):
    return [entry["text"] for entry in bucket.json(KEY)["insights"][1]["entities"]]


def test_what_was_flagged_in_one_language_is_masked_in_another(french, bucket, context):
    assemble_document.handler(french, context)
    assert _places(bucket) == ["la rue [NAME]", "Lyon"]


def test_what_was_flagged_in_a_translation_is_read_from_there(french, bucket, context):
    bucket.put("translations/en/d.txt", "Lyon xx")
    source = {"code": "fr", "base": "fr", "source": "setting", "score": None}
    assemble_document.handler(french | {"language": source}, context)
    found = bucket.json(KEY)["insights"][0]["entities"]
    assert [entry["text"] for entry in found] == ["[NAME]", "la rue LEE"]


def test_a_span_that_is_not_sure_enough_hides_nothing_elsewhere(
    french, bucket, context, monkeypatch
):
    monkeypatch.setenv("REDACT_CONFIDENCE", "0.91")
    bucket.denied["texts/d.txt"] = "AccessDenied"  # nothing to be read there
    assemble_document.handler(french, context)
    assert _places(bucket) == ["la rue LEE", "Lyon"]


def test_without_redaction_nothing_is_masked_and_no_text_is_read(
    french, bucket, context, monkeypatch
):
    monkeypatch.setenv("REDACT", "false")
    bucket.denied["texts/d.txt"] = "AccessDenied"
    assemble_document.handler(french | {"redactions": []}, context)
    assert _places(bucket) == ["la rue LEE", "Lyon"]
    assert bucket.json(KEY)["insights"][0]["entities"][0]["text"] == "Ana Lee"


def test_a_text_that_may_not_be_read_is_an_error_and_no_document(french, bucket, context):
    bucket.denied["texts/d.txt"] = "AccessDenied"
    with pytest.raises(ClientError, match="AccessDenied"):
        assemble_document.handler(french, context)
    assert KEY not in bucket.objects


def test_a_document_that_is_there_stays_as_it_is(insights, bucket, context, metrics):
    bucket.put(KEY, {"first": True})
    reply = assemble_document.handler(EVENT, context)
    assert (reply["document_key"], reply["status"]) == (KEY, "exists")
    assert bucket.json(KEY) == {"first": True}
    assert metrics(service="ServiceChain") == {}


def test_insights_that_may_not_be_read_are_an_error_and_no_document(insights, bucket, context):
    bucket.denied["insights/en/d.json"] = "AccessDenied"
    with pytest.raises(ClientError, match="AccessDenied"):
        assemble_document.handler(EVENT, context)
    assert KEY not in bucket.objects


def test_the_log_has_nothing_of_the_text(insights, context, log):
    assemble_document.handler(EVENT, context)
    assert '"document_id":"d"' in log()
    assert "Ana" not in log()
