"""Comprehend's replies become the insights of a whole text, and the text its redacted copy."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from service_chain import merge_insights, redact, split_text
from service_chain.failures import Incomplete

TEXT = "Call Ana Lee. \U0001f600 It was good. " * 40
NAME = re.compile("Ana Lee")
GROUPS = {"phrases": ["sentiment", "key_phrases"], "names": ["entities", "pii"]}


@pytest.fixture
def analyze(bucket, context, monkeypatch):
    """Split a text and reply to its batches; give back what the machine would hand on."""

    def found(text, **more):
        return [
            {"BeginOffset": m.start(), "EndOffset": m.end(), "Score": 0.9, **more}
            for m in NAME.finditer(text)
        ]

    def run(text=TEXT, language="en"):
        monkeypatch.setenv("ITEM_BYTES", "40")
        bucket.put("work/d/text.json", {"text": text, "language": language, "words": []})
        bucket.put("texts/d.txt", text)
        event = {"document_id": "d", "language": language, "targets": []}
        (analysis,) = split_text.handler(event, context)["analyze"]
        score = {"Positive": 0.9, "Negative": 0.0, "Neutral": 0.1, "Mixed": 0.0}
        for batch in bucket.lines(f"work/d/batches/{language}.jsonl"):
            texts = list(enumerate(batch["texts"]))
            results = {
                "sentiment": [{"Index": n, "SentimentScore": score} for n, _ in texts],
                "entities": [
                    {"Index": n, "Entities": found(t, Text="Ana Lee", Type="PERSON")}
                    for n, t in texts
                ],
                "key_phrases": [
                    {"Index": n, "KeyPhrases": found(t, Text="Ana Lee")} for n, t in texts
                ],
            }
            replies = {name: {"ResultList": r, "ErrorList": []} for name, r in results.items()}
            if language in {"en", "es"}:
                replies["pii"] = {"Entities": found(batch["text"], Type="NAME")}
            for group, names in GROUPS.items():
                kept = {name: replies[name] for name in names if name in replies}
                key = f"work/d/insights/{language}/{batch['n']}-{group}.json"
                bucket.put(key, {"n": batch["n"], "replies": kept})
        return {"document_id": "d", "language": language, "batches": analysis["batches"]}

    return run


def test_replies_become_one_account_of_the_text(analyze, bucket, context):
    event = analyze()
    assert event["batches"] > 1
    reply = merge_insights.handler(event, context)
    assert reply == {
        "language": "en",
        "sentiment": "POSITIVE",
        "entities": 1,
        "key_phrases": 1,
        "pii": 40,
        "units": reply["units"],
    }
    account = bucket.json("insights/en/d.json")
    assert account["units"] == reply["units"]
    assert account["characters"] == len(TEXT)
    assert account["entities"][0]["offsets"] == [list(m.span()) for m in NAME.finditer(TEXT)]
    assert account["entities"][0]["masked"] == "[NAME]"


def test_a_language_without_pii_detection_is_merged_without_it(analyze, bucket, context):
    event = analyze(language="fr")
    assert merge_insights.handler(event, context)["pii"] is None
    assert bucket.json("insights/fr/d.json")["pii"] is None


@pytest.mark.parametrize(
    ("group", "operation"), [(group, name) for group, names in GROUPS.items() for name in names]
)
def test_a_missing_reply_makes_the_account_incomplete(analyze, bucket, context, group, operation):
    event, key = analyze(), f"work/d/insights/en/1-{group}.json"
    kept = bucket.json(key)
    del kept["replies"][operation]
    bucket.put(key, kept)
    with pytest.raises(Incomplete, match=f"batch 1 has no reply to {operation}"):
        merge_insights.handler(event, context)
    assert "insights/en/d.json" not in bucket.objects


@pytest.mark.parametrize(("group", "operation"), [("phrases", "sentiment"), ("names", "entities")])
def test_so_does_a_missing_object(analyze, bucket, context, group, operation):
    event = analyze()
    del bucket.objects[f"work/d/insights/en/1-{group}.json"]
    with pytest.raises(Incomplete, match=f"batch 1 has no reply to {operation}"):
        merge_insights.handler(event, context)
    assert "insights/en/d.json" not in bucket.objects


def test_a_reply_that_may_not_be_read_is_no_missing_one(analyze, bucket, context):
    event = analyze()
    bucket.denied["work/d/insights/en/1-names.json"] = "AccessDenied"
    with pytest.raises(ClientError, match="AccessDenied"):
        merge_insights.handler(event, context)


def test_batches_of_another_split_are_not_taken_for_these(analyze, context):
    event = analyze()
    with pytest.raises(Incomplete, match="batches were written; want the 1 of the split"):
        merge_insights.handler(event | {"batches": 1}, context)


def test_the_redacted_copy_has_no_flagged_span_and_all_else(analyze, bucket, context):
    merge_insights.handler(analyze(), context)
    reply = redact.handler({"document_id": "d", "language": "en"}, context)
    assert reply == {"language": "en", "spans": 40}
    assert bucket.text("redacted/en/d.txt") == TEXT.replace("Ana Lee", "[NAME]")


def test_from_which_confidence_on_is_redacted_is_a_setting(analyze, bucket, context, monkeypatch):
    monkeypatch.setenv("REDACT_CONFIDENCE", "0.95")
    merge_insights.handler(analyze(), context)
    assert redact.handler({"document_id": "d", "language": "en"}, context)["spans"] == 0
    assert bucket.text("redacted/en/d.txt") == TEXT
    assert "masked" not in bucket.json("insights/en/d.json")["entities"][0]


def test_a_text_in_which_nothing_personal_can_be_found_has_no_redacted_copy(
    analyze, bucket, context
):
    merge_insights.handler(analyze(language="fr"), context)
    with pytest.raises(ValueError, match="no personal data is found in 'fr'"):
        redact.handler({"document_id": "d", "language": "fr"}, context)
    assert "redacted/fr/d.txt" not in bucket.objects


def test_the_log_has_nothing_of_the_text(analyze, context, log):
    merge_insights.handler(analyze(), context)
    redact.handler({"document_id": "d", "language": "en"}, context)
    _split, merged, redacted = (json.loads(line) for line in log().splitlines())
    assert (merged["document_id"], merged["entities"]) == ("d", 1)
    assert (redacted["document_id"], redacted["spans"]) == ("d", 40)
    assert "Ana" not in log()
