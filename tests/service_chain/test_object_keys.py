"""The keys of the contract, spelled out once more: others read them by these names."""

import pytest

from service_chain import object_keys


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        (object_keys.media("d"), "work/d/media"),
        (object_keys.transcription("d", 2), "work/d/transcription-2.json"),
        (object_keys.text("d"), "work/d/text.json"),
        (object_keys.chunks("d"), "work/d/chunks.jsonl"),
        (object_keys.translated("d", "es", 7), "work/d/translated/es/7.json"),
        (object_keys.batches("d", "en"), "work/d/batches/en.jsonl"),
        (object_keys.batch_facts("d", "en"), "work/d/batches/en.json"),
        (object_keys.replies("d", "en", 3, "names"), "work/d/insights/en/3-names.json"),
        (object_keys.speech_pieces("d", "es"), "work/d/speech/es.jsonl"),
        (object_keys.first_failure("d"), "work/d/failure.json"),
        (object_keys.transcript("d"), "transcripts/d.json"),
        (object_keys.plain_text("d"), "texts/d.txt"),
        (object_keys.translation("d", "es"), "translations/es/d.txt"),
        (object_keys.redacted("d", "en"), "redacted/en/d.txt"),
        (object_keys.insights("d", "en"), "insights/en/d.json"),
        (object_keys.speech("d", "es"), "speech/es/d/"),
        (object_keys.document("d", "2026-03-01T09:00:00Z"), "documents/day=2026-03-01/d.json"),
        (object_keys.failure("d", "2026-03-01T09:00:00Z"), "failures/day=2026-03-01/d.json"),
        (object_keys.text_in("d", "en", "en"), "texts/d.txt"),
        (object_keys.text_in("d", "es", "en"), "translations/es/d.txt"),
        (object_keys.uri("results", "texts/d.txt"), "s3://results/texts/d.txt"),
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
    assert object_keys.document("d", event_time) == f"documents/day={day}/d.json"
