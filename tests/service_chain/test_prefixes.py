"""The keys of the contract, spelled out once more: others read them by these names."""

import pytest

from service_chain import prefixes


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        (prefixes.media("d"), "work/d/media"),
        (prefixes.transcription("d", 2), "work/d/transcription-2.json"),
        (prefixes.text("d"), "work/d/text.json"),
        (prefixes.chunks("d"), "work/d/chunks.jsonl"),
        (prefixes.translated("d", "es", 7), "work/d/translated/es/7.json"),
        (prefixes.batches("d", "en"), "work/d/batches/en.jsonl"),
        (prefixes.batch_facts("d", "en"), "work/d/batches/en.json"),
        (prefixes.reply("d", "en", 3, "pii"), "work/d/insights/en/3-pii.json"),
        (prefixes.speech_pieces("d", "es"), "work/d/speech/es.jsonl"),
        (prefixes.first_failure("d"), "work/d/failure.json"),
        (prefixes.transcript("d"), "transcripts/d.json"),
        (prefixes.plain_text("d"), "texts/d.txt"),
        (prefixes.translation("d", "es"), "translations/es/d.txt"),
        (prefixes.redacted("d", "en"), "redacted/en/d.txt"),
        (prefixes.insights("d", "en"), "insights/en/d.json"),
        (prefixes.speech("d", "es"), "speech/es/d/"),
        (prefixes.document("d", "2026-03-01T09:00:00Z"), "documents/day=2026-03-01/d.json"),
        (prefixes.failure("d", "2026-03-01T09:00:00Z"), "failures/day=2026-03-01/d.json"),
        (prefixes.text_in("d", "en", "en"), "texts/d.txt"),
        (prefixes.text_in("d", "es", "en"), "translations/es/d.txt"),
        (prefixes.uri("results", "texts/d.txt"), "s3://results/texts/d.txt"),
    ],
)
def test_a_key_is_spelled_as_the_contract_has_it(key, spelled):
    assert key == spelled


@pytest.mark.parametrize(
    ("event_time", "day"),
    [
        ("2026-03-01T00:30:00+01:00", "2026-02-28"),
        ("2026-02-28T23:59:59Z", "2026-02-28"),
        ("2026-03-01T00:00:00", "2026-03-01"),
    ],
)
def test_the_day_is_that_of_the_event_in_utc(event_time, day):
    assert prefixes.document("d", event_time) == f"documents/day={day}/d.json"
